import type { Log } from '../platform/log.ts'
import type { Time } from '../platform/time.ts'
import { isEnded, type OnboardingRecord, type OnboardingStore } from './record.ts'
import type { Enqueue } from './run-message.ts'

export interface ResumePorts {
  readonly store: OnboardingStore
  readonly enqueue: Enqueue
  readonly time: Time
  readonly log: Log
}

/** Longer than a run, a retry's delay or the lease of a message whose host died. */
const STALLED_MS = 15 * 60_000
/** How many of the newest are looked at. */
const NEWEST = 1_000

/**
 * Enqueues every onboarding again that nobody has worked on for long although it has not ended: its message was lost, or
 * was delivered in vain while storage or the configuration was broken. One message too many does no harm.
 */
export async function resumeOnboardings({ store, enqueue, time, log }: ResumePorts): Promise<void> {
  const records = await store.list(NEWEST)
  const before = time.now() - STALLED_MS
  for (const record of records.filter((candidate) => !isEnded(candidate) && lastSignOf(candidate) < before)) {
    const { onboardingId, attempts, correlationId } = record
    await enqueue({ onboardingId, attempt: attempts, correlationId }, 0)
    log.warn('onboarding-resumed', { onboardingId, updatedAt: record.updatedAt.toISOString() })
  }
}

function lastSignOf({ updatedAt, nextAttemptAt }: OnboardingRecord): number {
  return Math.max(updatedAt.getTime(), nextAttemptAt?.getTime() ?? 0)
}
