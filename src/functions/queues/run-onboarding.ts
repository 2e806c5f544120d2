import type { StorageQueueHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { withOnboardingMessage } from './onboarding-message.ts'

/** A message may overtake its record by a moment; a record that is not there by then belongs to a call that never ended. */
const MAX_MISSES = 5
const MISS_DELAY_MS = 1_000

/** One run of an onboarding from the queue. Only a failure of storage is thrown, so that the host delivers it again. */
export const runOnboarding: StorageQueueHandler = (message, invocation) =>
  withOnboardingMessage(message, invocation, async ({ onboardingId, misses }) => {
    const app = await loadApp()
    const outcome = await app.runOnboarding(onboardingId)
    if (outcome.kind === 'again') {
      app.log.info('onboarding-goes-on-later', {
        onboardingId,
        afterMs: outcome.afterMs,
        problem: outcome.record.problem,
      })
      await app.enqueueOnboarding(onboardingId, outcome.afterMs)
    } else if (outcome.kind === 'missing' && misses < MAX_MISSES) {
      await app.enqueueOnboarding(onboardingId, MISS_DELAY_MS, misses + 1)
    } else if (outcome.kind === 'missing') {
      app.log.warn('onboarding-never-recorded', { onboardingId })
    } else {
      const { status, problem } = outcome.record
      app.log[status === 'failed' ? 'error' : 'info']('onboarding-ended', { onboardingId, status, problem })
    }
  })
