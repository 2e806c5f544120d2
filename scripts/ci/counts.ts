/** What a step saw hold, what it saw broken, and what it left out. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Reads a step's output; null when there is nothing to count in it. */
export type CountOutput = (output: string) => Counts | null

export function addCounts(all: readonly Counts[]): Counts {
  const sum = (of: (counts: Counts) => number): number => all.reduce((total, counts) => total + of(counts), 0)
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
  }
}

export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** The last line `N passed, N failed, N skipped`. */
export const countTests: CountOutput = (output) => {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)
  return last ? { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3]) } : null
}

/** Gates, one line each. */
export const countGates: CountOutput = (output) => {
  const verdicts = [...output.matchAll(/^(ok|FAILED) +\S.* \(\d+ ms\)$/gm)].map(([, verdict]) => verdict)
  return countHolding(verdicts.map((verdict) => verdict === 'ok'))
}

export const countClaims: CountOutput = (output) => {
  const { claims } = findJson(output) as { claims?: readonly { ok: boolean }[] }
  return countHolding((claims ?? []).map(({ ok }) => ok))
}

/** An explained difference is one that was judged, and a number that was measured is a benchmark that works. */
export const countConformance: CountOutput = (output) => {
  const { agreed = 0, explained = 0, unexplained = 0 } = findJson(output) as Record<string, number | undefined>
  const passed = agreed + explained
  return passed + unexplained === 0 ? null : { passed, failed: unexplained, skipped: 0 }
}

export const countMeasurements: CountOutput = (output) => {
  const { results } = findJson(output) as { results?: readonly { value: unknown }[] }
  return countHolding((results ?? []).map(({ value }) => Number.isFinite(value)))
}

function countHolding(outcomes: readonly boolean[]): Counts | null {
  if (outcomes.length === 0) return null
  const passed = outcomes.filter(Boolean).length
  return { passed, failed: outcomes.length - passed, skipped: 0 }
}

/** The JSON object that ends the output, after whatever npm and the build said; an empty one when there is none. */
function findJson(output: string): object {
  for (const { index } of output.matchAll(/^\{/gm)) {
    try {
      return JSON.parse(output.slice(index)) as object
    } catch {
      // Not the beginning of the last object, or something follows it.
    }
  }
  return {}
}
