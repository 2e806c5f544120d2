import type { StorageQueueHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { withOnboardingMessage } from './onboarding-message.ts'

/** An onboarding that the host gave up delivering: it ends, with what to do, instead of waiting for ever. */
export const giveUpOnboarding: StorageQueueHandler = (message, invocation) =>
  withOnboardingMessage(message, invocation, async ({ onboardingId }) => {
    const app = await loadApp()
    await app.giveUpOnboarding(onboardingId)
    app.log.error('onboarding-given-up', { onboardingId })
  })
