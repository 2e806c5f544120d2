import type { Time } from '../../src/platform/time.ts'

/** A clock that moves only when somebody sleeps, and remembers for how long each did. */
export interface ManualTime extends Time {
  readonly sleeps: readonly number[]
  advance(milliseconds: number): void
}

/** `chance` is what `random` always gives. */
export function createManualTime(start = Date.UTC(2026, 0, 1), chance = 0.5): ManualTime {
  let elapsed = 0
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => start + elapsed,
    elapsed: () => elapsed,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds)
      elapsed += milliseconds
    },
    random: () => chance,
    advance: (milliseconds) => {
      elapsed += milliseconds
    },
  }
}
