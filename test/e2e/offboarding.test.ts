import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { PlannedStep } from '../../src/onboarding/plan.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createRequest, createWholeRequest } from '../support/onboarding-request.ts'
import { listWrites } from '../support/writes.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
})
afterAll(() => stack.stop())

const statusesOf = ({ steps }: OnboardingView) => Object.fromEntries(steps.map(({ step, status }) => [step, status]))

/** Everything that is there, but for what is deleted and what only tells the past. */
async function takeLive() {
  const { applications, servicePrincipals, secrets, workspaces, roleAssignments } = await takeInventory(stack.control)
  return {
    applications: applications.filter(({ deletedDateTime }) => !deletedDateTime),
    servicePrincipals: (servicePrincipals as readonly { isDeleted?: boolean }[]).filter(({ isDeleted }) => !isDeleted),
    secrets: (secrets as readonly { stage?: string }[]).filter(({ stage }) => stage === 'active'),
    workspaces: workspaces.map((workspace) => ({ ...workspace, runs: [] })),
    roleAssignments,
  }
}

describe('offboarding', () => {
  it('shows what it would remove, and removes nothing in a dry run', async () => {
    const request = createWholeRequest('planned')
    await pipeline.onboard(request)
    let steps: readonly PlannedStep[] = []
    const writes = await listWrites(stack.control, async () => {
      const answer = await pipeline.call<{ steps: PlannedStep[] }>('POST', '/api/offboardings?dryRun=true', request)
      expect(answer.status).toBe(200)
      steps = answer.body.steps
    })
    expect(writes).toEqual([])
    expect(steps.map(({ step, status, changes }) => [step, status, changes.map(({ action }) => action)])).toEqual([
      ['application', 'would-change', ['remove']],
      ['client-secret', 'would-change', ['remove', 'remove']],
      ['workspace-principal', 'would-change', ['remove']],
      ['secret-scope', 'would-change', ['remove']],
      ['secret-acl', 'would-change', ['remove']],
      ['job', 'would-change', ['remove', 'remove']],
      ['role-assignments', 'would-change', ['remove', 'remove']],
    ])
  })

  it('takes away all that the onboarding made, and nothing else', async () => {
    await pipeline.onboard(createWholeRequest('neighbour'))
    const before = await takeLive()
    expect((await pipeline.onboard(createWholeRequest('leaver'))).problem).toBeNull()
    expect(await takeLive()).not.toEqual(before)
    const view = await pipeline.offboard(createWholeRequest('leaver'))
    expect([view.status, view.direction, view.problem]).toEqual(['succeeded', 'offboarding', null])
    expect(new Set(Object.values(statusesOf(view)))).toEqual(new Set(['changed']))
    expect(await takeLive()).toEqual(before)
  })

  it('changes nothing the second time', async () => {
    const request = createWholeRequest('gone')
    await pipeline.onboard(request)
    await pipeline.offboard(request)
    const writes = await listWrites(stack.control, async () => {
      const again = await pipeline.offboard(request)
      expect(again.status).toBe('succeeded')
      expect(new Set(Object.values(statusesOf(again)))).toEqual(new Set(['unchanged']))
    })
    expect(writes).toEqual([])
  })

  it('takes away the picked steps alone', async () => {
    const request = createWholeRequest('picked')
    await pipeline.onboard(request)
    const view = await pipeline.offboard({ ...request, steps: ['role-assignments', 'job'] })
    expect(statusesOf(view)).toEqual({ job: 'changed', 'role-assignments': 'changed' })
    const again = await pipeline.onboard(request)
    expect(again.steps.filter(({ status }) => status === 'changed').map(({ step }) => step)).toEqual([
      'job',
      'job-permissions',
      'job-run',
      'role-assignments',
    ])
  })

  it('knows only steps that can be removed and that the request names', async () => {
    const post = (steps: readonly string[]) =>
      pipeline.call<{ issues: { path: string }[] }>('POST', '/api/offboardings', { ...createRequest('odd'), steps })
    for (const steps of [['job-run'], ['job'], []]) {
      const { status, body } = await post(steps)
      expect([status, body.issues.map(({ path }) => path)]).toEqual([400, [steps.length === 0 ? 'steps' : 'steps[0]']])
    }
  })
})
