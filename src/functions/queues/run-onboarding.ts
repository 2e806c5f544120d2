import type { StorageQueueHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { withOnboardingMessage } from './onboarding-message.ts'

/** A message may overtake its record; one whose record never comes belongs to a call that failed. */
const MAX_MISSES = 6
const FIRST_MISS_DELAY_MS = 1_000

/** One run of an onboarding from the queue. Only a failure of storage is thrown, so that the host delivers it again. */
export const runOnboarding: StorageQueueHandler = (message, invocation) =>
  withOnboardingMessage(message, invocation, async ({ onboardingId, attempt, misses }) => {
    const app = await loadApp()
    const outcome = await app.runOnboarding(onboardingId, { kind: 'message', attempt })
    if (outcome.kind === 'again') {
      const { afterMs, record } = outcome
      app.log.info('onboarding-goes-on-later', { onboardingId, afterMs, problem: record.problem })
    } else if (outcome.kind === 'missing' && misses < MAX_MISSES) {
      await app.enqueueOnboarding({ onboardingId, attempt, misses: misses + 1 }, FIRST_MISS_DELAY_MS * 2 ** misses)
    } else if (outcome.kind === 'missing') {
      app.log.warn('onboarding-never-recorded', { onboardingId })
    } else {
      const { status, problem } = outcome.record
      app.log[status === 'failed' ? 'error' : 'info']('onboarding-ended', { onboardingId, status, problem })
    }
  })
