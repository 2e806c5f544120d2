import { parseOnboardingRequest } from '../../onboarding/request.ts'
import { stepsOf } from '../../onboarding/steps.ts'
import { authorizeOnboarding } from './authorize-onboarding.ts'
import { planOrStart } from './plan-or-start.ts'

/** `POST /onboardings`: makes what the body names. */
export const planOrStartOnboarding = planOrStart('onboarding', (call, body) => {
  const request = parseOnboardingRequest(body)
  authorizeOnboarding(call, request)
  return { request, steps: stepsOf(request).map(({ name }) => name) }
})
