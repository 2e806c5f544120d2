import type { Verdict } from './verdict.ts'

export type Part = 'fixtures' | 'specs' | 'host'

export interface PartReport {
  readonly part: Part
  readonly verdicts: readonly Verdict[]
  /** What else a reader should know, such as what was left out. */
  readonly notes: readonly string[]
}

export interface Counts {
  readonly checked: number
  readonly agreed: number
  readonly explained: number
  readonly unexplained: number
}

export function countVerdicts(verdicts: readonly Verdict[]): Counts {
  const count = (kind: Verdict['kind']): number => verdicts.filter((verdict) => verdict.kind === kind).length
  return {
    checked: verdicts.length,
    agreed: count('agreed'),
    explained: count('explained'),
    unexplained: count('unexplained'),
  }
}

/** Something is wrong when a difference is unexplained, and when a part that should have looked saw nothing. */
export function isGood(reports: readonly PartReport[]): boolean {
  return reports.every(({ verdicts }) => {
    const { checked, unexplained } = countVerdicts(verdicts)
    return checked > 0 && unexplained === 0
  })
}
