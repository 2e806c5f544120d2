import { parseOnboardingRequest } from '../../onboarding/request.ts'
import { isStepName, stepsOf } from '../../onboarding/steps.ts'
import { viewOnboarding } from '../../onboarding/view.ts'
import { StewardError } from '../../platform/errors.ts'
import { accepted } from './accepted.ts'
import { authorizeOnboarding } from './authorize-onboarding.ts'
import { endpoint } from './endpoint.ts'
import { readFlag } from './query.ts'
import { readIdempotencyKey, readJson } from './read-request.ts'

/** The queue looks after a step only when this call should have ended long ago. */
const SAFETY_DELAY_MS = 150_000

/** `POST /onboarding-steps/{step}`: one step of the same body, done within the call where that is quick enough. */
export const runOnboardingStep = endpoint('run-onboarding-step', ['dryRun'], async (call) => {
  const { request: http, app, caller, correlationId, query } = call
  if (readFlag(query, 'dryRun')) throw refuseDryRun()
  const idempotencyKey = readIdempotencyKey(http)
  const step = http.params['step'] ?? ''
  if (!isStepName(step)) throw new StewardError('not-found', `There is no step "${step}".`)
  const request = parseOnboardingRequest(await readJson(http))
  const steps = stepsOf(request).map(({ name }) => name)
  if (!steps.includes(step)) {
    throw new StewardError('invalid-request', `The request has nothing for step ${step} to do; nothing was changed.`, {
      issues: [{ path: SECTION_OF[step], message: `is what step ${step} works on` }],
    })
  }
  authorizeOnboarding(call, request)
  const record = await app.startOnboarding({
    direction: 'onboarding',
    request,
    steps,
    onlyStep: step,
    createdBy: caller.name,
    correlationId,
    route: `POST /onboarding-steps/${step}`,
    idempotencyKey,
    delayMs: SAFETY_DELAY_MS,
  })
  const outcome = await app.runOnboarding(record.onboardingId, { kind: 'call' })
  if (outcome.kind === 'missing') throw new Error('the onboarding vanished while it ran')
  if (outcome.kind === 'again') return accepted(call, outcome.record)
  const { problem } = outcome.record
  if (problem) throw new StewardError(problem.code, problem.detail, { issues: problem.issues ?? [] })
  return { status: 200, body: viewOnboarding(outcome.record, app.settings.tenantId) }
})

/** What a step would do depends on the others, which the plan of the whole shows. */
function refuseDryRun(): StewardError {
  return new StewardError('invalid-request', 'A single step has no dry run; nothing was changed.', {
    issues: [{ path: 'dryRun', message: 'is for POST /onboardings: send the same body there' }],
  })
}

const SECTION_OF = {
  application: 'servicePrincipal',
  'client-secret': 'clientSecret',
  'workspace-principal': 'databricks',
  'token-permission': 'databricks.accessToken',
  'access-token': 'databricks.accessToken',
  'secret-scope': 'databricks.secretScope',
  'secret-acl': 'databricks.secretScope',
  job: 'databricks.job',
  'job-permissions': 'databricks.job',
  'job-run': 'databricks.job.run',
  'role-assignments': 'machineLearning',
} as const
