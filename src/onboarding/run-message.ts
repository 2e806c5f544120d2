/** What a message of the queue asks for: ids and counts, never a payload. */
export interface RunMessage {
  readonly onboardingId: string
  /**
   * The record's count of attempts when the message was sent. Each attempt sends the message for the next one before it
   * is counted, so one that is behind the record is never the last.
   */
  readonly attempt: number
  /** How often its record was not there yet; 0 when absent. */
  readonly misses?: number
  /** Of the call that began it, when that is not the running one. */
  readonly correlationId?: string
}

/** Asks the queue for a run, at the earliest after the delay. */
export type Enqueue = (message: RunMessage, delayMs: number) => Promise<void>

/** Nobody is kept waiting longer, whatever a service wished for. */
const LONGEST_DELAY_MS = 15 * 60_000

/** A delay that the queue takes and that people wait for; what is no number is none. */
export function boundDelay(delayMs: number): number {
  return delayMs > 0 ? Math.min(delayMs, LONGEST_DELAY_MS) : 0
}
