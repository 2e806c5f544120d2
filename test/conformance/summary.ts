import { fixtureExplanations, specExplanations } from './explanations.ts'
import { type Counts, countVerdicts, type PartReport } from './report.ts'
import type { Verdict } from './verdict.ts'

/** The report for people: per part the counts, every explained difference with its reason, every other in full. */
export function describeReport(reports: readonly PartReport[]): string {
  const total = countVerdicts(reports.flatMap(({ verdicts }) => verdicts))
  return [...reports.map(describePart), `all: ${describeCounts(total)}`, ''].join('\n')
}

function describePart({ part, verdicts, notes }: PartReport): string {
  const lines = [`${part}: ${describeCounts(countVerdicts(verdicts))}`, ...notes.map((note) => `  ${note}`)]
  const explained = verdicts.filter((verdict) => verdict.kind === 'explained')
  for (const reason of new Set(explained.flatMap(({ reasons }) => reasons))) {
    lines.push(`  explained by ${reason}: ${whyOf(reason)}`)
    for (const { id, reasons } of explained) if (reasons.includes(reason)) lines.push(`    ${id}`)
  }
  for (const verdict of verdicts) if (verdict.kind === 'unexplained') lines.push(...describeUnexplained(verdict))
  if (verdicts.length === 0) lines.push('  UNEXPLAINED nothing was checked')
  return `${lines.join('\n')}\n`
}

function describeCounts({ checked, agreed, explained, unexplained }: Counts): string {
  return `${checked} checked, ${agreed} agreed, ${explained} explained, ${unexplained} unexplained`
}

/** A probe's reason speaks for itself. */
function whyOf(reason: string): string {
  return [...fixtureExplanations, ...specExplanations].find((candidate) => candidate.reason === reason)?.why ?? ''
}

function describeUnexplained({ id, differences }: Extract<Verdict, { kind: 'unexplained' }>): readonly string[] {
  return [
    `  UNEXPLAINED ${id}`,
    ...differences.map(
      ({ at, expected, got }) => `    ${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
    ),
  ]
}
