import pLimit, { type LimitFunction } from 'p-limit'
import type { Time } from '../time.ts'

/** How hard one host may be used. */
export interface PaceLimits {
  /** Requests under way at once. */
  readonly concurrency: number
  /** Sustained requests per second; a burst of one second's worth may go at once. */
  readonly requestsPerSecond: number
}

/** Runs work against a host no faster than its limits allow. */
export type Pace = <T>(host: string, work: () => Promise<T>) => Promise<T>

/** The set of hosts is the configuration's, so what is remembered per host stays small. */
export function createPace(options: { time: Time; limitsOf: (host: string) => PaceLimits }): Pace {
  const { time, limitsOf } = options
  const lanes = new Map<string, { limit: LimitFunction; limits: PaceLimits; theoreticalArrival: number }>()

  return async (host, work) => {
    let lane = lanes.get(host)
    if (!lane) {
      const limits = limitsOf(host)
      lane = {
        limit: pLimit(limits.concurrency),
        limits,
        theoreticalArrival: 0,
      }
      lanes.set(host, lane)
    }
    const { limit, limits } = lane
    const now = time.elapsed()
    // Generic cell rate algorithm: each request moves the theoretical arrival on by one interval; what is more than a
    // burst ahead of the clock waits for the difference.
    lane.theoreticalArrival = Math.max(lane.theoreticalArrival, now) + 1000 / limits.requestsPerSecond
    const waitMs = lane.theoreticalArrival - now - 1000
    if (waitMs > 0) await time.sleep(waitMs)
    return limit(work)
  }
}
