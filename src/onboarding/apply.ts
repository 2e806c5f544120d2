import { StewardError, toStewardError } from '../platform/errors.ts'
import type { Guard } from '../trust/exclusion.ts'
import { describeProblem, type OnboardingPlan } from './plan.ts'
import type { StepState } from './record.ts'
import type { ApplyContext, FactName, Facts, Intents, StepName, StepPlan } from './step.ts'

export interface ApplyOptions {
  /** A plan without obstacles. */
  readonly plan: OnboardingPlan
  readonly guard: Guard
  readonly intents: Intents
  readonly onboardingId: string
  /** Told of every step's state as it changes. */
  readonly report: (state: StepState, error?: StewardError) => void
}

/** What a step builds on will not come, because another step failed. */
class PrerequisiteFailed extends Error {
  override readonly name = 'PrerequisiteFailed'
}

/** Runs every step's plan side by side; each waits only for the facts it uses. A failed step skips only what needs it. */
export async function applyPlan({
  plan,
  guard,
  intents,
  onboardingId,
  report,
}: ApplyOptions): Promise<{ facts: Partial<Facts>; errors: StewardError[] }> {
  const deferred = new Map<FactName, PromiseWithResolvers<unknown>>()
  for (const { provides } of plan.values()) {
    for (const name of provides) {
      const fact = Promise.withResolvers<unknown>()
      fact.promise.catch(() => undefined)
      deferred.set(name, fact)
    }
  }
  const facts: Partial<Facts> = {}
  const context: ApplyContext = {
    guard,
    intents,
    onboardingId,
    fact: async <N extends FactName>(name: N) => (await deferred.get(name)?.promise) as Facts[N],
    provide: (name, fact) => {
      facts[name] = fact
      deferred.get(name)?.resolve(fact)
    },
  }
  const errors: StewardError[] = []
  const done = new Map<StepName, PromiseWithResolvers<boolean>>(
    [...plan.keys()].map((name) => [name, Promise.withResolvers<boolean>()]),
  )
  const follow = async (predecessors: readonly StepName[]): Promise<void> => {
    for (const name of predecessors) if (!(await done.get(name)?.promise)) throw new PrerequisiteFailed(name)
  }
  await Promise.all(
    [...plan].map(async ([step, { outcome, provides, follows }]) => {
      if (outcome instanceof StewardError) return
      if (outcome.changes.length > 0) report({ step, status: 'running', changes: outcome.changes })
      try {
        await follow(follows)
        await outcome.apply(context)
        done.get(step)?.resolve(true)
        report(stateAfter(step, outcome))
      } catch (thrown) {
        done.get(step)?.resolve(false)
        for (const name of provides) deferred.get(name)?.reject(new PrerequisiteFailed(name))
        if (thrown instanceof PrerequisiteFailed) {
          const problem = { code: 'needs', detail: `It needs ${thrown.message}, which failed.` } as const
          report({ step, status: 'skipped', changes: [], problem })
          return
        }
        const error = toStewardError(thrown)
        errors.push(error)
        report({ step, status: 'failed', changes: outcome.changes, problem: describeProblem(error) }, error)
      }
    }),
  )
  return { facts, errors }
}

function stateAfter(step: StepName, { changes }: StepPlan): StepState {
  return {
    step,
    status: changes.length > 0 ? 'changed' : 'unchanged',
    changes,
  }
}
