import pLimit, { type LimitFunction } from 'p-limit'
import { StewardError } from '../errors.ts'
import type { Time } from '../time.ts'

/** How hard one host may be used. */
export interface PaceLimits {
  /** Requests under way at once. */
  readonly concurrency: number
  /** Requests that may begin within any one second; a third of them may at once. */
  readonly requestsPerSecond: number
}

/** Runs work against a host no faster than its limits allow. */
export type Pace = <T>(host: string, work: () => Promise<T>) => Promise<T>

/** Two requests take different times on their way, so that they arrive closer together than they began. */
const MARGIN = 1.02
/** No more than this part of a span's requests begins within half that part of the span: bursts arrive less evenly. */
const BURST = 1 / 3
/** What refusals took away comes back within this time. */
const RECOVERY_MS = 15_000

interface Lane {
  readonly underway: LimitFunction
  /** Lets one at a time wait for its turn, in the order in which they came. */
  readonly turn: LimitFunction
  /** How many may begin within a span, which is a second, or what a whole number of requests takes. */
  readonly most: number
  readonly spanMs: number
  /** How many may for now: others may use the host's rate, too. */
  allowed: number
  allowedAt: number
  /** When the last ones began, oldest first. */
  readonly starts: number[]
}

/** The set of hosts is the configuration's, so what is remembered per host stays small. */
export function createPace(options: { time: Time; limitsOf: (host: string) => PaceLimits }): Pace {
  const { time, limitsOf } = options
  const lanes = new Map<string, Lane>()

  /** In any span no more begin than are allowed: each begins a span after the one that many before it really did. */
  const waitForTurn = async (lane: Lane): Promise<void> => {
    const now = time.elapsed()
    recover(lane, now)
    const { starts, spanMs, most } = lane
    const beganBefore = (count: number): number => starts.at(-count) ?? Number.NEGATIVE_INFINITY
    const freeAt = Math.max(
      beganBefore(Math.floor(lane.allowed)) + spanMs * MARGIN,
      beganBefore(Math.ceil(most * BURST)) + (spanMs * BURST) / 2,
    )
    if (freeAt > now) await time.sleep(freeAt - now)
    starts.push(Math.max(freeAt, time.elapsed()))
    if (starts.length > most) starts.shift()
  }

  return (host, work) => {
    let lane = lanes.get(host)
    if (!lane) {
      lane = createLane(limitsOf(host))
      lanes.set(host, lane)
    }
    const { underway, turn } = lane
    return underway(async () => {
      await turn(() => waitForTurn(lane))
      try {
        return await work()
      } catch (error) {
        if (error instanceof StewardError && error.code === 'upstream-throttled') yieldTo(lane, time.elapsed())
        throw error
      }
    })
  }
}

function createLane({ concurrency, requestsPerSecond }: PaceLimits): Lane {
  const most = Math.ceil(requestsPerSecond)
  return {
    underway: pLimit(concurrency),
    turn: pLimit(1),
    most,
    spanMs: (1000 * most) / requestsPerSecond,
    allowed: most,
    allowedAt: 0,
    starts: [],
  }
}

/** Each refusal takes one request from the span: so those who share a host's rate, instances of the app too, divide it. */
function yieldTo(lane: Lane, now: number): void {
  recover(lane, now)
  lane.allowed = Math.max(1, lane.allowed - 1)
}

function recover(lane: Lane, now: number): void {
  lane.allowed = Math.min(lane.most, lane.allowed + (lane.most * (now - lane.allowedAt)) / RECOVERY_MS)
  lane.allowedAt = now
}
