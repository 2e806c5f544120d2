import { requireSoundPolicies } from '../../onboarding/policies.ts'
import { asksToAdopt, type OnboardingRequest, wishesOf } from '../../onboarding/request.ts'
import { requireRole } from '../../trust/access.ts'
import { requireAllowed } from '../../trust/allow-lists.ts'
import type { Call } from './endpoint.ts'

/** What every door asks before an onboarding is looked at: the configuration's leave, and an Admin for adopting. */
export function authorizeOnboarding({ app, caller }: Call, request: OnboardingRequest): void {
  requireAllowed(app.settings.config, wishesOf(request))
  requireSoundPolicies(app.settings.config, request)
  if (asksToAdopt(request)) requireRole(caller, 'Steward.Admin', 'Adopting')
}
