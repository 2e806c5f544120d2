import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { createWorkspaceAdmin, type WorkspaceAdmin } from '../support/workspace-admin.ts'
import { expectRefusal } from '../support/writes.ts'

let stack: Stack
let pipeline: Pipeline
let admin: WorkspaceAdmin

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
  admin = await createWorkspaceAdmin(stack)
})
afterAll(() => stack.stop())

type JobFact = NonNullable<NonNullable<OnboardingView['result']['databricks']>['job']>

async function onboardJob(request: unknown): Promise<JobFact & { clientId: string }> {
  const { problem, result } = await pipeline.onboard(request)
  expect(problem).toBeNull()
  const { job } = result.databricks ?? {}
  if (!job || result.clientId === undefined) throw new Error('the onboarding made no job')
  return { ...job, clientId: result.clientId }
}

describe('what a person granted', () => {
  it('is kept on the job, as far as it lets nobody change it, while managers are added', async () => {
    await stack.control.command('databricks', 'seed', {
      resources: [{ kind: 'User', id: '4711', displayName: 'alice@example.com' }],
    })
    const request = createWholeRequest('taken-over')
    const { jobId, clientId } = await onboardJob(request)
    const others = [
      { user_name: 'alice@example.com', permission_level: 'CAN_MANAGE_RUN' },
      { group_name: 'etl', permission_level: 'CAN_VIEW' },
    ]
    await admin.call('PUT', `/api/2.0/permissions/jobs/${jobId}`, {
      access_control_list: [...others, { service_principal_name: clientId, permission_level: 'IS_OWNER' }],
    })
    const again = await pipeline.onboard(request)
    expect(again.steps.find(({ step }) => step === 'job-permissions')).toMatchObject({
      status: 'changed',
      changes: [{ reason: 'manager missing: etl-leads' }],
    })
    const { workspaces } = await stack.control.command<{
      workspaces: { grants: Record<string, { kind: string; name: string; level: string }[]> }[]
    }>('databricks', 'inspect')
    const grants = workspaces[0]?.grants[`jobs/${jobId}`] ?? []
    expect(grants.map(({ kind, name, level }) => [kind, name, level]).toSorted()).toEqual([
      ['group', 'etl', 'CAN_VIEW'],
      ['group', 'etl-leads', 'CAN_MANAGE'],
      ['service-principal', clientId, 'IS_OWNER'],
      ['user', 'alice@example.com', 'CAN_MANAGE_RUN'],
    ])
  })

  it('stops the onboarding where it is the ownership of the job', async () => {
    const request = createWholeRequest('given-away')
    const { jobId } = await onboardJob(request)
    await admin.call('PUT', `/api/2.0/permissions/jobs/${jobId}`, {
      access_control_list: [{ service_principal_name: admin.clientId, permission_level: 'IS_OWNER' }],
    })
    const detail = await expectRefusal(stack, pipeline, request, [409, 'not-ours'])
    expect(detail).toContain(`is owned by ${admin.clientId}`)
  })

  it.each([
    ['the notebook', 'CAN_EDIT', async ({ notebookId }: JobFact) => `notebooks/${notebookId}`],
    [
      'the folder above it',
      'CAN_MANAGE',
      async ({ notebookPath }: JobFact) => {
        const folder = encodeURIComponent(notebookPath.slice(0, notebookPath.lastIndexOf('/')))
        const status = await admin.call<{ object_id: bigint }>('GET', `/api/2.0/workspace/get-status?path=${folder}`)
        return `directories/${status.object_id}`
      },
    ],
  ] as const)('stops the onboarding where it lets somebody edit %s', async (_what, level, find) => {
    const request = createWholeRequest(`edited-${level.replace('_', '-').toLowerCase()}`)
    const job = await onboardJob(request)
    await admin.call('PATCH', `/api/2.0/permissions/${await find(job)}`, {
      access_control_list: [{ group_name: 'etl', permission_level: level }],
    })
    expect(await expectRefusal(stack, pipeline, request, [409, 'differs'])).toContain('group etl')
  })
})
