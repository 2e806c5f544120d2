import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
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

const tagFor = (name: string) => ({ 'steward-instance': 'prod', 'steward-name': name })

async function onboardJob(request: unknown): Promise<{ jobId: string; clientId: string }> {
  const { problem, result } = await pipeline.onboard(request)
  expect(problem).toBeNull()
  const { job } = result.databricks ?? {}
  if (!job || result.clientId === undefined) throw new Error('the onboarding made no job')
  return { jobId: job.jobId, clientId: result.clientId }
}

const letManage = (object: string, group: string) =>
  admin.call('PATCH', `/api/2.0/permissions/${object}`, {
    access_control_list: [{ group_name: group, permission_level: 'CAN_MANAGE' }],
  })

const findJob = async (jobId: string) =>
  (await takeInventory(stack.control)).workspaces[0]?.jobs.find((job) => job.jobId === jobId)

describe('a job of another onboarding that was renamed and tagged as ours', () => {
  it('does not take the place of our own', async () => {
    const { jobId: foreign } = await onboardJob(createWholeRequest('thief'))
    const { jobId: own } = await onboardJob(createWholeRequest('victim'))
    await admin.changeJob(foreign, { name: 'victim-check', tags: tagFor('victim') })
    const again = await pipeline.onboard(createWholeRequest('victim'))
    expect(again.steps.map(({ status }) => status)).toEqual(again.steps.map(() => 'unchanged'))
    expect(again.result.databricks?.job?.jobId).toBe(own)
    expect(await findJob(own)).toBeDefined()
  })

  it('is refused where there is none of our own yet', async () => {
    const { jobId, clientId } = await onboardJob(createWholeRequest('early'))
    await admin.changeJob(jobId, { name: 'late-check', tags: tagFor('late') })
    const detail = await expectRefusal(stack, pipeline, createWholeRequest('late'), [409, 'not-ours'])
    expect(detail).toContain(`is owned by ${clientId}`)
  })
})

describe('a job that would run as the principal', () => {
  it('is not handed over while others may manage it', async () => {
    const request = createWholeRequest('managed-by-others')
    const { jobId } = await onboardJob(request)
    await letManage(`jobs/${jobId}`, 'etl')
    expect(await expectRefusal(stack, pipeline, request, [409, 'differs'])).toContain('group etl')
  })

  it('is not handed over while others may edit its notebook, on a first onboarding either', async () => {
    await admin.call('POST', '/api/2.0/workspace/mkdirs', { path: '/Steward/prod/edited' })
    const path = '/api/2.0/workspace/get-status?path=/Steward/prod/edited'
    const { object_id: folderId } = await admin.call<{ object_id: bigint }>('GET', path)
    await letManage(`directories/${folderId}`, 'etl')
    const { status, problem, result } = await pipeline.onboard(createWholeRequest('edited'))
    expect([status, problem?.code]).toEqual(['failed', 'differs'])
    expect(problem?.detail).toContain('group etl')
    const jobs = (await takeInventory(stack.control)).workspaces[0]?.jobs ?? []
    const job = jobs.find(({ settings }) => settings.name === 'edited-check')
    expect(job?.owner?.name).not.toBe(result.clientId)
  })
})

describe('code from elsewhere', () => {
  it.each<[string, string, (clientId: string) => object]>([
    [
      'a repository',
      'repository',
      () => ({ git_source: { git_url: 'https://example.com/x', git_provider: 'gitHub', git_branch: 'main' } }),
    ],
    ['another identity', 'whom it runs as', () => ({ run_as: { service_principal_name: admin.clientId } })],
  ])('is taken off the job, which runs once more: %s', async (_what, reason, describe) => {
    const request = createWholeRequest('altered')
    const { jobId, clientId } = await onboardJob(request)
    await admin.changeJob(jobId, describe(clientId))
    const again = await pipeline.onboard(request)
    expect(again.problem).toBeNull()
    expect(again.steps.filter(({ status }) => status === 'changed')).toMatchObject([
      { step: 'job', changes: [{ action: 'update', reason: expect.stringContaining(reason) }] },
      { step: 'job-run' },
    ])
    const job = await admin.call<{ run_as_user_name: string; settings: object }>(
      'GET',
      `/api/2.2/jobs/get?job_id=${jobId}`,
    )
    expect(job.run_as_user_name).toBe(clientId)
    expect(job.settings).not.toHaveProperty('git_source')
  })
})

describe('the step job-run alone', () => {
  it('always runs the job, because an earlier run may have been of somebody else', async () => {
    const request = createWholeRequest('alone')
    const { result } = await pipeline.onboard(request)
    const { status, headers, body } = await pipeline.call<OnboardingView>(
      'POST',
      '/api/onboarding-steps/job-run',
      request,
    )
    const view = status === 202 ? await pipeline.follow(headers.get('location') ?? '') : body
    expect(view.problem).toBeNull()
    expect(view.result.databricks?.job?.run?.runId).not.toBe(result.databricks?.job?.run?.runId)
  })
})

describe('a job that others run', () => {
  it('is run again by Steward when Databricks skipped its run', async () => {
    const request = createWholeRequest('crowded')
    const { jobId } = await onboardJob(request)
    await stack.control.addFault({ kind: 'hold-before', route: 'jobs\\.runNow' })
    await admin.changeJob(jobId, { timeout_seconds: 0 })
    const { headers } = await pipeline.call('POST', '/api/onboardings', request)
    await expect.poll(() => stack.control.held(), { timeout: 20_000 }).toHaveLength(1)
    const [held] = await stack.control.held()
    await stack.control.clearFaults()
    await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 20_000 })
    await admin.runJob(jobId)
    await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
    await stack.control.release(held?.id ?? 0)
    const view = await pipeline.follow(headers.get('location') ?? '')
    expect([view.status, view.problem]).toEqual(['succeeded', null])
    const runs = (await takeInventory(stack.control)).workspaces[0]?.runs.filter((run) => run.jobId === jobId)
    // The first onboarding's, the other's, the one that was skipped without any task, and the one that counts.
    expect(runs?.map(({ tasks }) => tasks.length)).toEqual([1, 1, 0, 1])
    expect(view.result.databricks?.job?.run?.result).toBe('SUCCESS')
  }, 90_000)
})
