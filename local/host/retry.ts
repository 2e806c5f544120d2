import type { RetryOptions } from './protocol.ts'

/** The wait before the retry that follows `retryCount` earlier ones, by the function's retry policy. */
export function planRetryDelayMs(options: RetryOptions, retryCount: number): number {
  if (options.retryStrategy !== 'exponentialBackoff') return (options.delayInterval?.seconds ?? 0) * 1000
  const minimumMs = (options.minimumInterval?.seconds ?? 0) * 1000
  const maximumMs = (options.maximumInterval?.seconds ?? 0) * 1000
  return Math.min(maximumMs, minimumMs * 2 ** retryCount)
}
