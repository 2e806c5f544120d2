import { setTimeout as delay } from 'node:timers/promises'

/** Everything that depends on the moment or on chance; injected, so that tests own both. */
export interface Time {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds on a clock that nobody can set; for durations. */
  elapsed(): number
  sleep(milliseconds: number): Promise<void>
  /** A number in [0, 1), for jitter only. */
  random(): number
}

/** The machine's own time. */
export const systemTime: Time = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => delay(milliseconds),
  random: () => Math.random(),
}
