import { viewOnboarding } from '../../onboarding/view.ts'
import { StewardError } from '../../platform/errors.ts'
import { endpoint } from './endpoint.ts'

/** `GET /onboardings/{id}`: how it goes, step by step, and how to use the result. */
export const getOnboarding = endpoint('get-onboarding', [], async ({ request, app }) => {
  const onboardingId = request.params['id'] ?? ''
  const stored = /^[\w-]{1,64}$/.test(onboardingId) ? await app.onboardings.get(onboardingId) : null
  if (stored) return { status: 200, body: viewOnboarding(stored.record, app.settings.tenantId) }
  throw new StewardError('not-found', `There is no onboarding ${onboardingId}. GET /onboardings lists them.`)
})
