import { z } from 'zod'
import { StewardError } from '../platform/errors.ts'
import { toIssues } from '../platform/zod-issues.ts'
import { findContradictions } from './request-contradictions.ts'
import { type OnboardingRequest, onboardingRequestSchema } from './request-schema.ts'
import type { StepName } from './step.ts'
import { REMOVABLE_STEPS, removalsOf } from './steps.ts'

/** Body of `POST /offboardings`: the onboarding's own request, and which of its steps to undo when not all. */
const offboardingRequestSchema = onboardingRequestSchema.extend({
  steps: z
    .array(z.enum(REMOVABLE_STEPS))
    .min(1)
    .optional()
    .describe('What to remove of what the request names; all of it when left out.'),
})

export interface OffboardingRequest {
  readonly request: OnboardingRequest
  /** In reading order. */
  readonly steps: readonly StepName[]
}

/** Parses a request. Throws `invalid-request` with every issue and its path. */
export function parseOffboardingRequest(body: unknown): OffboardingRequest {
  const parsed = offboardingRequestSchema.safeParse(body)
  const contradictions = findContradictions(body)
  const unnamed = parsed.success ? findUnnamed(parsed.data) : []
  const issues = [...(parsed.error ? toIssues(parsed.error) : []), ...contradictions, ...unnamed]
  if (!parsed.success || issues.length > 0) {
    throw new StewardError('invalid-request', 'The request is not valid; nothing was changed.', { issues })
  }
  const { steps, ...request } = parsed.data
  return { request, steps: removalsOf(request, steps ?? null).map(({ name }) => name) }
}

function findUnnamed({ steps = [], ...request }: z.output<typeof offboardingRequestSchema>) {
  const wanted = removalsOf(request, null).map(({ name }) => name)
  return steps.flatMap((step, index) =>
    wanted.includes(step) ? [] : [{ path: `steps[${index}]`, message: `the request names nothing for step ${step}` }],
  )
}
