import { type Issue, StewardError, toStewardError } from '../platform/errors.ts'
import type { OnboardingRequest } from './request.ts'
import {
  type Change,
  type PlanContext,
  type Sightings,
  STEP_NAMES,
  type Step,
  type StepName,
  type StepPlan,
} from './step.ts'
import { applicationStep } from './steps/application.ts'
import { clientSecretStep } from './steps/client-secret.ts'
import { workspacePrincipalStep } from './steps/workspace-principal.ts'

const STEPS: Readonly<Record<StepName, Step>> = {
  application: applicationStep,
  'client-secret': clientSecretStep,
  'workspace-principal': workspacePrincipalStep,
}

/** The steps that a request wants, in reading order. */
export function stepsOf(request: OnboardingRequest): Step[] {
  return STEP_NAMES.map((name) => STEPS[name]).filter((step) => step.isWanted(request))
}

export function isStepName(name: string): name is StepName {
  return STEP_NAMES.some((known) => known === name)
}

/** Every step's plan, or why it could not look. */
export type OnboardingPlan = ReadonlyMap<StepName, { readonly step: Step; readonly outcome: StepPlan | StewardError }>

/**
 * Looks at everything at once and decides; reads only. A step that fails to look leaves the others their plan. For a
 * single step: at it and what it needs.
 */
export async function planOnboarding(
  base: Omit<PlanContext, 'sighting' | 'see'>,
  onlyStep: StepName | null = null,
): Promise<OnboardingPlan> {
  const steps = stepsOf(base.request).filter(
    ({ name }) => onlyStep === null || name === onlyStep || STEPS[onlyStep].needs.includes(name),
  )
  const seen = new Map<string, PromiseWithResolvers<unknown>>()
  const deferredFor = (name: string): PromiseWithResolvers<unknown> => {
    const known = seen.get(name)
    if (known) return known
    const deferred = Promise.withResolvers<unknown>()
    // A sighting that nobody asks for may fail without being an unhandled rejection.
    deferred.promise.catch(() => undefined)
    seen.set(name, deferred)
    return deferred
  }
  const context: PlanContext = {
    ...base,
    sighting: async <N extends keyof Sightings>(name: N) =>
      steps.some((step) => step.name === name) ? ((await deferredFor(name).promise) as Sightings[N]) : null,
    see: (name, sighting) => deferredFor(name).resolve(sighting),
  }
  const outcomes = await Promise.all(
    steps.map(async (step) => {
      const outcome = await step.plan(context).catch(toStewardError)
      if (outcome instanceof StewardError) deferredFor(step.name).reject(outcome)
      return [step.name, { step, outcome }] as const
    }),
  )
  return new Map(outcomes)
}

/** Everything that keeps the plan from being carried out, first cause first; empty when it can be. */
export function findObstacles(plan: OnboardingPlan): { step: StepName; error: StewardError }[] {
  const obstacles = [...plan].flatMap(([step, { outcome }]) => {
    const error = outcome instanceof StewardError ? outcome : outcome.refusal
    return error ? [{ step, error }] : []
  })
  // A step that waited for another's sighting fails with the very same error: told once.
  return obstacles.filter(({ error }, index) => obstacles.findIndex((other) => other.error === error) === index)
}

/** One error for all obstacles: everybody's issues, the first lasting one's code, the longest wait that was asked for. */
export function combineObstacles(obstacles: readonly { step: StepName; error: StewardError }[]): StewardError | null {
  const [first, ...others] = obstacles
  if (!first || others.length === 0) return first?.error ?? null
  const issues = obstacles.flatMap(({ step, error }): readonly Issue[] =>
    error.issues.length > 0 ? error.issues : [{ path: step, message: error.message }],
  )
  const permanent = obstacles.find(({ error }) => !error.retryable)?.error ?? first.error
  const wishes = obstacles.flatMap(({ error }) => error.retryAfterMs ?? [])
  return new StewardError(permanent.code, permanent.message, {
    cause: permanent,
    issues,
    status: permanent.status,
    retryable: permanent.retryable,
    ...(permanent.retryable && wishes.length > 0 ? { retryAfterMs: Math.max(...wishes) } : {}),
  })
}

/** What a plan shows of one step. */
export interface PlannedStep {
  readonly step: StepName
  readonly status: 'unchanged' | 'would-change' | 'blocked'
  readonly changes: readonly Change[]
  readonly problem?: {
    readonly code: string
    readonly detail: string
    readonly issues?: readonly Issue[]
  }
}

/** The plan as an answer: what would be done, and what stands in the way. */
export function describePlan(plan: OnboardingPlan): PlannedStep[] {
  return [...plan].map(([step, { outcome }]) => {
    const error = outcome instanceof StewardError ? outcome : outcome.refusal
    const changes = outcome instanceof StewardError ? [] : outcome.changes
    if (!error)
      return {
        step,
        status: changes.length > 0 ? 'would-change' : 'unchanged',
        changes,
      }
    return {
      step,
      status: 'blocked',
      changes,
      problem: describeProblem(error),
    }
  })
}

/** An error as records and answers carry it. */
export function describeProblem(error: StewardError): {
  code: StewardError['code']
  detail: string
  issues?: readonly Issue[]
} {
  return {
    code: error.code,
    detail: error.message,
    ...(error.issues.length > 0 ? { issues: error.issues } : {}),
  }
}
