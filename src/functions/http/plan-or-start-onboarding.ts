import { asksToAdopt, parseOnboardingRequest, wishesOf } from '../../onboarding/request.ts'
import { requireRole } from '../../trust/access.ts'
import { requireAllowed } from '../../trust/allow-lists.ts'
import { accepted } from './accepted.ts'
import { endpoint, ProblemWithExtension, readJson } from './endpoint.ts'

/** `POST /onboardings`: accepts an onboarding (202), or with `?dryRun=true` answers what it would do (200). */
export const planOrStartOnboarding = endpoint('plan-or-start-onboarding', async (call) => {
  const { request: http, app, caller, correlationId } = call
  const request = parseOnboardingRequest(await readJson(http))
  requireAllowed(app.settings.config, wishesOf(request))
  if (asksToAdopt(request)) requireRole(caller, 'Steward.Admin', 'Adopting')
  if (http.query.get('dryRun') === 'true') {
    const { steps, obstacle } = await app.planOnboarding(request)
    if (obstacle) throw new ProblemWithExtension(obstacle, { steps })
    return { status: 200, body: { name: request.name, dryRun: true, steps } }
  }
  const record = await app.startOnboarding({
    request,
    onlyStep: null,
    createdBy: caller.name,
    correlationId,
    route: 'POST /onboardings',
    idempotencyKey: http.headers.get('idempotency-key'),
    delayMs: 0,
  })
  return accepted(call, record)
})
