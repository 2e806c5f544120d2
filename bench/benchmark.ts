export type Unit = 'ratio' | 'MB'

/** One number, as `npm run bench -- --json` prints it. */
export interface Result {
  readonly name: string
  readonly value: number
  readonly unit: Unit
  /** Null where the number is only to be known. */
  readonly goal: number | null
  readonly met: boolean
}

export interface Run {
  /** Fewer and smaller runs, for CI. */
  readonly isQuick: boolean
  /** Prints a readable line. */
  readonly say: (line: string) => void
}

export interface Benchmark {
  readonly name: string
  /** Throws when there is no telling; a missed goal is a result like any other. */
  measure(run: Run): Promise<Result[]>
}

export function judgeAtMost(name: string, value: number, goal: number, unit: Unit = 'ratio'): Result {
  return { name, value: roundRatio(value), unit, goal, met: value <= goal }
}

export function judgeAtLeast(name: string, value: number, goal: number): Result {
  return { name, value: roundRatio(value), unit: 'ratio', goal, met: value >= goal }
}

export function withoutGoal(name: string, value: number): Result {
  return { name, value: roundRatio(value), unit: 'ratio', goal: null, met: true }
}

function roundRatio(value: number): number {
  return Math.round(value * 1000) / 1000
}
