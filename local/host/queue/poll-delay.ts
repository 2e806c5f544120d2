export interface PollDelay {
  /** The wait before the next poll, given whether messages were found since the last wait. */
  next(hasFoundMessages: boolean): number
}

const stepMs = 100

/** Waits that double from `minMs` up to `maxMs` while a queue is idle, a fifth more or less at random. */
export function createPollDelay(minMs: number, maxMs: number, random: () => number): PollDelay {
  let doublings = 0
  let delayMs = 0
  return {
    next(hasFoundMessages) {
      if (hasFoundMessages) {
        doublings = 1
        delayMs = Math.min(minMs, maxMs)
      } else if (delayMs < maxMs) {
        const growthMs = doublings === 0 ? 0 : stepMs * 2 ** (doublings - 1) * (0.8 + 0.4 * random())
        delayMs = Math.min(minMs + growthMs, maxMs)
        doublings++
      }
      return delayMs
    },
  }
}
