import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What bounds the work that is running, down to each of its requests: a request may wait long for its turn or be
 * repeated, and what held when the work began may no longer hold when it is sent.
 */
export interface Limits {
  /** On `time.elapsed()`: later than this nothing is sent, repeated or waited for. */
  readonly deadline: number
  /** Asked right before every request that is not a read; throws when it must not be sent any more. */
  readonly mayWrite?: () => void
}

/** The limits of the running work; none while the app is composed. */
export const limits = new AsyncLocalStorage<Limits>()
