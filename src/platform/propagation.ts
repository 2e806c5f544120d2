import { StewardError } from './errors.ts'
import type { Time } from './time.ts'

/** How long a run may wait, and on which clock. */
export interface Patience {
  readonly time: Time
  /** On `time.elapsed()`: past it nothing is waited for any more; the queue goes on. */
  readonly deadline: number
  /** Whether this instance is about to stop; then nothing is waited for either. */
  readonly shouldStop?: () => boolean
}

export interface PropagationWait<T> {
  readonly patience: Patience
  /** What is waited for, for the message: "Application etl-prod". */
  readonly subject: string
  /** Asks once: the answer, or undefined while it is still on its way. Named outcomes only; errors pass through. */
  readonly attempt: () => Promise<T | undefined>
  /** Upper bound for this wait; 45 000 when absent. */
  readonly boundMs?: number
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * Waits until Azure's replicas agree, asking ever more slowly. Throws `not-propagated` past the bound, which is
 * retryable: the onboarding goes on later from the queue.
 */
export async function waitForPropagation<T>(wait: PropagationWait<T>): Promise<T> {
  const { attempt, subject, patience, boundMs = 45_000 } = wait
  const { time } = patience
  const startedAt = time.elapsed()
  const end = Math.min(patience.deadline, startedAt + boundMs)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const answer = await attempt()
    if (answer !== undefined) return answer
    if (patience.shouldStop?.() === true) {
      throw new StewardError('busy', `This instance is stopping while it waits for ${subject}; the queue goes on.`)
    }
    if (time.elapsed() + pauseMs > end) {
      const waitedSeconds = Math.round((time.elapsed() - startedAt) / 1000)
      throw new StewardError(
        'not-propagated',
        `${subject} is not ready after ${waitedSeconds} s. Azure usually needs seconds, at times minutes; Steward tries again by itself.`,
      )
    }
    await time.sleep(pauseMs * (0.8 + time.random() * 0.4))
  }
}
