import { type Issue, StewardError, toStewardError } from '../platform/errors.ts'
import type {
  Change,
  FactName,
  LookContext,
  PlanContext,
  Removal,
  SightingName,
  Sightings,
  StepName,
  StepPlan,
} from './step.ts'
import { stepsOf, withNeeds } from './steps.ts'

/** What one step would do, and what that hangs on. */
export interface PlanEntry {
  /** The step's plan, or why it could not look. */
  readonly outcome: StepPlan | StewardError
  readonly provides: readonly FactName[]
  /** Steps that must have been done before this one begins; facts are waited for where they are used. */
  readonly follows: readonly StepName[]
}

/** The plan of every step that is wanted, in reading order. */
export type OnboardingPlan = ReadonlyMap<StepName, PlanEntry>

/**
 * Looks at everything at once and decides; reads only. A step that fails to look leaves the others their plan. For a
 * single step: at it and what it needs.
 */
export async function planOnboarding(base: LookContext, onlyStep: StepName | null = null): Promise<OnboardingPlan> {
  const looked = onlyStep === null ? null : withNeeds(onlyStep)
  const steps = stepsOf(base.request).filter(({ name }) => looked?.has(name) ?? true)
  const seen = new Map<SightingName, PromiseWithResolvers<unknown>>()
  for (const name of steps.flatMap(({ sees }) => sees)) {
    const deferred = Promise.withResolvers<unknown>()
    // A sighting that nobody asks for may fail without being an unhandled rejection.
    deferred.promise.catch(() => undefined)
    seen.set(name, deferred)
  }
  const context: PlanContext = {
    ...base,
    onlyStep,
    sighting: async <N extends SightingName>(name: N) => ((await seen.get(name)?.promise) ?? null) as Sightings[N],
    see: (name, sighting) => seen.get(name)?.resolve(sighting),
  }
  const outcomes = await Promise.all(
    steps.map(async (step) => {
      const outcome = await step.plan(context).catch(toStewardError)
      for (const name of step.sees) {
        if (outcome instanceof StewardError) seen.get(name)?.reject(outcome)
        else seen.get(name)?.resolve(null)
      }
      return [step.name, { outcome, provides: step.provides, follows: [] }] as const
    }),
  )
  return new Map(outcomes)
}

/**
 * The same for removing: what is there of the steps' work, and what of it is ours; reads only. What was built last goes
 * first.
 */
export async function planOffboarding(base: LookContext, removals: readonly Removal[]): Promise<OnboardingPlan> {
  const names = removals.map(({ name }) => name)
  const entries = await Promise.all(
    removals.map(async ({ name, plan }) => {
      const outcome = await plan(base).catch(toStewardError)
      const follows = names.filter((other) => other !== name && withNeeds(other).has(name))
      return [name, { outcome, provides: [], follows }] as const
    }),
  )
  return new Map(entries)
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
