import type { HttpHandler } from '@azure/functions'
import type { Direction } from '../../onboarding/record.ts'
import type { OnboardingRequest } from '../../onboarding/request.ts'
import type { StepName } from '../../onboarding/step.ts'
import { accepted } from './accepted.ts'
import { type Call, endpoint, ProblemWithExtension } from './endpoint.ts'
import { readFlag } from './query.ts'
import { readIdempotencyKey, readJson } from './read-request.ts'

/** What a body asks for. */
interface Asked {
  readonly request: OnboardingRequest
  readonly steps: readonly StepName[]
}

/**
 * Makes the door of one direction: 202 for what is accepted, or with `?dryRun=true` 200 and what it would do. `read`
 * parses the body and asks whether the caller may ask for it.
 */
export function planOrStart(direction: Direction, read: (call: Call, body: unknown) => Asked): HttpHandler {
  return endpoint(`plan-or-start-${direction}`, ['dryRun'], async (call) => {
    const { request: http, app, caller, correlationId, query } = call
    const isDryRun = readFlag(query, 'dryRun')
    const idempotencyKey = readIdempotencyKey(http)
    const { request, steps } = read(call, await readJson(http))
    if (isDryRun) {
      const plan =
        direction === 'onboarding' ? await app.planOnboarding(request) : await app.planOffboarding(request, steps)
      if (plan.obstacle) throw new ProblemWithExtension(plan.obstacle, { steps: plan.steps })
      return { status: 200, body: { name: request.name, dryRun: true, steps: plan.steps } }
    }
    const record = await app.startOnboarding({
      direction,
      request,
      steps,
      onlyStep: null,
      createdBy: caller.name,
      correlationId,
      route: `POST /${direction}s`,
      idempotencyKey,
      delayMs: 0,
    })
    return accepted(call, record)
  })
}
