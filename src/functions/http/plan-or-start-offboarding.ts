import { parseOffboardingRequest } from '../../onboarding/offboarding-request.ts'
import { placesOf } from '../../onboarding/request.ts'
import { requireAllowed } from '../../trust/allow-lists.ts'
import { accepted } from './accepted.ts'
import { endpoint, ProblemWithExtension } from './endpoint.ts'
import { readFlag } from './query.ts'
import { readIdempotencyKey, readJson } from './read-request.ts'

/** `POST /offboardings`: accepts the removal of what an onboarding made (202), or with `?dryRun=true` answers what it would remove (200). */
export const planOrStartOffboarding = endpoint('plan-or-start-offboarding', ['dryRun'], async (call) => {
  const { request: http, app, caller, correlationId, query } = call
  const isDryRun = readFlag(query, 'dryRun')
  const idempotencyKey = readIdempotencyKey(http)
  const { request, steps } = parseOffboardingRequest(await readJson(http))
  requireAllowed(app.settings.config, placesOf(request))
  if (isDryRun) {
    const plan = await app.planOffboarding(request, steps)
    if (plan.obstacle) throw new ProblemWithExtension(plan.obstacle, { steps: plan.steps })
    return { status: 200, body: { name: request.name, dryRun: true, steps: plan.steps } }
  }
  const record = await app.startOnboarding({
    direction: 'offboarding',
    request,
    steps,
    onlyStep: null,
    createdBy: caller.name,
    correlationId,
    route: 'POST /offboardings',
    idempotencyKey,
    delayMs: 0,
  })
  return accepted(call, record)
})
