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
  /** Told of every step's state as it changes. */
  readonly report: (state: StepState, error?: StewardError) => void
}

/** A fact that will not come, because the step that makes it true failed. */
class FactMissing extends Error {
  override readonly name = 'FactMissing'
}

/** Runs every step's plan side by side; each waits only for the facts it uses. A failed step skips only what needs it. */
export async function applyPlan({
  plan,
  guard,
  intents,
  report,
}: ApplyOptions): Promise<{ facts: Partial<Facts>; errors: StewardError[] }> {
  const deferred = new Map<FactName, PromiseWithResolvers<unknown>>()
  for (const { step } of plan.values()) {
    for (const name of step.provides) {
      const fact = Promise.withResolvers<unknown>()
      fact.promise.catch(() => undefined)
      deferred.set(name, fact)
    }
  }
  const facts: Partial<Facts> = {}
  const context: ApplyContext = {
    guard,
    intents,
    fact: async <N extends FactName>(name: N) => (await deferred.get(name)?.promise) as Facts[N],
    provide: (name, fact) => {
      facts[name] = fact
      deferred.get(name)?.resolve(fact)
    },
  }
  const errors: StewardError[] = []
  await Promise.all(
    [...plan.values()].map(async ({ step, outcome }) => {
      if (outcome instanceof StewardError) return
      if (outcome.changes.length > 0)
        report({
          step: step.name,
          status: 'running',
          changes: outcome.changes,
        })
      try {
        await outcome.apply(context)
        report(stateAfter(step.name, outcome))
      } catch (thrown) {
        for (const name of step.provides) deferred.get(name)?.reject(new FactMissing(name))
        if (thrown instanceof FactMissing) {
          report({
            step: step.name,
            status: 'skipped',
            changes: [],
            problem: {
              code: 'needs',
              detail: `It needs ${thrown.message}, which failed.`,
            },
          })
          return
        }
        const error = toStewardError(thrown)
        errors.push(error)
        report(
          {
            step: step.name,
            status: 'failed',
            changes: outcome.changes,
            problem: describeProblem(error),
          },
          error,
        )
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
