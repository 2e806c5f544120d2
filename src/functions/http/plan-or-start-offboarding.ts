import { parseOffboardingRequest } from '../../onboarding/offboarding-request.ts'
import { placesOf } from '../../onboarding/request.ts'
import { requireAllowed } from '../../trust/allow-lists.ts'
import { planOrStart } from './plan-or-start.ts'

/** `POST /offboardings`: removes what an onboarding made of what the body names. */
export const planOrStartOffboarding = planOrStart('offboarding', ({ app }, body) => {
  const asked = parseOffboardingRequest(body)
  requireAllowed(app.settings.config, placesOf(asked.request))
  return asked
})
