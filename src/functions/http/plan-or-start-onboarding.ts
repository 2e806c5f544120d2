import { parseOnboardingRequest } from '../../onboarding/request.ts'
import { stepsOf } from '../../onboarding/steps.ts'
import { accepted } from './accepted.ts'
import { authorizeOnboarding } from './authorize-onboarding.ts'
import { endpoint, ProblemWithExtension } from './endpoint.ts'
import { readFlag } from './query.ts'
import { readIdempotencyKey, readJson } from './read-request.ts'

/** `POST /onboardings`: accepts an onboarding (202), or with `?dryRun=true` answers what it would do (200). */
export const planOrStartOnboarding = endpoint('plan-or-start-onboarding', ['dryRun'], async (call) => {
  const { request: http, app, caller, correlationId, query } = call
  const isDryRun = readFlag(query, 'dryRun')
  const idempotencyKey = readIdempotencyKey(http)
  const request = parseOnboardingRequest(await readJson(http))
  authorizeOnboarding(call, request)
  if (isDryRun) {
    const { steps, obstacle } = await app.planOnboarding(request)
    if (obstacle) throw new ProblemWithExtension(obstacle, { steps })
    return { status: 200, body: { name: request.name, dryRun: true, steps } }
  }
  const record = await app.startOnboarding({
    direction: 'onboarding',
    request,
    steps: stepsOf(request).map(({ name }) => name),
    onlyStep: null,
    createdBy: caller.name,
    correlationId,
    route: 'POST /onboardings',
    idempotencyKey,
    delayMs: 0,
  })
  return accepted(call, record)
})
