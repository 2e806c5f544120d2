import { describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/onboarding/apply.ts'
import { planOffboarding } from '../../src/onboarding/plan.ts'
import type { LookContext, Removal, StepName } from '../../src/onboarding/step.ts'
import { StewardError } from '../../src/platform/errors.ts'

const context = {} as LookContext

/** Removals that write down when they are done; those named fail. */
function createRemovals(names: readonly StepName[], failing: readonly StepName[] = []) {
  const done: StepName[] = []
  const removals = names.map(
    (name): Removal => ({
      name,
      plan: async () => ({
        changes: [{ action: 'remove', target: name, reason: 'offboarded' }],
        apply: async () => {
          await new Promise((resolve) => setImmediate(resolve))
          if (failing.includes(name)) throw new StewardError('upstream-denied', 'no')
          done.push(name)
        },
      }),
    }),
  )
  return { removals, done }
}

async function apply(removals: readonly Removal[]) {
  const states = new Map<StepName, string>()
  const plan = await planOffboarding(context, removals)
  const { errors } = await applyPlan({
    plan,
    guard: () => undefined,
    onboardingId: 'one',
    intents: { has: () => false, write: async () => undefined },
    report: ({ step, status }) => states.set(step, status),
  })
  return { states: Object.fromEntries(states), errors }
}

describe('removing', () => {
  it('goes from what was built last to what everything was built on', async () => {
    const { removals, done } = createRemovals([
      'application',
      'client-secret',
      'workspace-principal',
      'secret-scope',
      'secret-acl',
      'role-assignments',
    ])
    await apply(removals)
    const at = (name: StepName): number => done.indexOf(name)
    expect(done).toHaveLength(6)
    for (const [first, then] of [
      ['secret-acl', 'secret-scope'],
      ['secret-acl', 'workspace-principal'],
      ['secret-scope', 'client-secret'],
      ['role-assignments', 'application'],
      ['client-secret', 'application'],
      ['workspace-principal', 'application'],
    ] as const)
      expect([first, at(first) < at(then)]).toEqual([first, true])
  })

  it('leaves what the failed part was built on, and goes on with the rest', async () => {
    const { removals, done } = createRemovals(
      ['application', 'workspace-principal', 'role-assignments'],
      ['role-assignments'],
    )
    const { states, errors } = await apply(removals)
    expect(states).toEqual({ application: 'skipped', 'workspace-principal': 'changed', 'role-assignments': 'failed' })
    expect(errors).toHaveLength(1)
    expect(done).toEqual(['workspace-principal'])
  })

  it('of a part waits for nothing that is not removed', async () => {
    const { removals, done } = createRemovals(['application'])
    await apply(removals)
    expect(done).toEqual(['application'])
  })
})
