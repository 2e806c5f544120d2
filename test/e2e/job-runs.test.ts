import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { createWorkspaceAdmin, type WorkspaceAdmin } from '../support/workspace-admin.ts'

const MINUTE_MS = 60_000

let stack: Stack
let pipeline: Pipeline
let admin: WorkspaceAdmin
/** Of the onboarding whose run takes long: it goes on beside the others, and the last test sees its end. */
let slowLocation: string

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  admin = await createWorkspaceAdmin(stack)
  await setRunTimes(5 * MINUTE_MS)
  const { headers } = await pipeline.call('POST', '/api/onboardings', createWholeRequest('slow'))
  slowLocation = headers.get('location') ?? ''
  const countRuns = async () => (await takeInventory(stack.control)).workspaces[0]?.runs.length
  await vi.waitFor(async () => expect(await countRuns()).toBe(1), { timeout: 20_000, interval: 100 })
  await setRunTimes(0)
})
afterAll(() => stack.stop())

const setRunTimes = (ms: number) => stack.control.command('databricks', 'runTimes', { pendingMs: ms, runningMs: ms })

function expectRunFailure({ status, problem, steps }: OnboardingView, advice: string, said: string): void {
  expect([status, problem?.code]).toEqual(['failed', 'run-failed'])
  const failed = steps.filter((step) => step.status === 'failed')
  expect(failed).toMatchObject([{ step: 'job-run', problem: { code: 'run-failed' } }])
  expect(problem?.detail).toContain(advice)
  expect(problem?.detail).toContain(said)
  expect(problem?.detail).toMatch(/^Run \d+ ended FAILED \(https:\/\/adb-\S+\)\. /)
}

/** The next onboarding runs the job once more, and that goes well. */
async function expectRecovery(request: unknown): Promise<void> {
  const { problem, steps } = await pipeline.onboard(request)
  expect(problem).toBeNull()
  expect(steps.find(({ step }) => step === 'job-run')).toMatchObject({
    status: 'changed',
    changes: [{ action: 'create' }],
  })
}

describe('a run that fails', () => {
  const request = createWholeRequest('failing')
  it.each([
    ['CLOUD_FAILURE', 'Azure has no such machines today', 'check databricks.jobCluster in steward.yaml'],
    ['INVALID_CLUSTER_REQUEST', 'Node type Standard_X1 is not supported', 'check databricks.jobCluster'],
    ['CLUSTER_REQUEST_LIMIT_EXCEEDED', 'Too many cluster requests', 'no room for another cluster'],
    ['STORAGE_ACCESS_ERROR', 'stlake answered 403', 'give it the role Storage Blob Data Reader'],
    ['RESOURCE_NOT_FOUND', 'Unable to access the notebook', 'run the steps job and job-permissions'],
    ['RUN_EXECUTION_ERROR', 'AADSTS7000215: Invalid client secret provided', 'Entra refused the client secret'],
    ['INTERNAL_ERROR', 'Something broke', 'Open the run to see what its notebook says'],
  ])('is explained: %s', async (code, message, advice) => {
    await stack.control.command('databricks', 'failRuns', { code, message })
    expectRunFailure(await pipeline.onboard(request), advice, message)
  })

  it('is followed by another one in the next onboarding', async () => {
    await stack.control.command('databricks', 'failRuns', null)
    await expectRecovery(request)
  })

  it('is explained when the principal may not create clusters', async () => {
    const request = createWholeRequest('no-clusters')
    const { entitlements } = request.databricks
    request.databricks.entitlements = ['workspace-access']
    const advice = 'give it the entitlement allow-cluster-create'
    expectRunFailure(await pipeline.onboard(request), advice, 'not authorized to create clusters')
    await expectRecovery({ ...request, databricks: { ...request.databricks, entitlements } })
  })

  const post = (path: string, body: unknown) => admin.call('POST', `/api/2.0/${path}`, body)
  it.each<[string, string, string, (name: string, clientId: string | undefined) => Promise<unknown>]>([
    [
      'the right to read the scope',
      'check the READ permission on the scope',
      'PERMISSION_DENIED',
      (name, principal) => post('secrets/acls/delete', { scope: `steward-prod-${name}`, principal }),
    ],
    [
      'the copy of the secret',
      'Microsoft Entra refused the client secret',
      'AADSTS7000215',
      (name) => post('secrets/put', { scope: `steward-prod-${name}`, key: `${name}-secret`, string_value: 'by hand' }),
    ],
    [
      'the notebook',
      'run the steps job and job-permissions',
      'Unable to access the notebook',
      (name) => post('workspace/delete', { path: `/Steward/prod/${name}/${name}-check` }),
    ],
  ])('is explained when somebody takes away %s just before', async (what, advice, said, takeAway) => {
    const name = `without-${what.split(' ')[1]}`
    const request = createWholeRequest(name)
    await stack.control.addFault({ kind: 'hold-before', route: 'jobs\\.runNow' })
    const { headers } = await pipeline.call('POST', '/api/onboardings', request)
    const location = headers.get('location') ?? ''
    await expect.poll(() => stack.control.held(), { timeout: 20_000 }).toHaveLength(1)
    const [held] = await stack.control.held()
    const { applications } = await takeInventory(stack.control)
    await takeAway(name, applications.find(({ displayName }) => displayName === name)?.appId)
    await stack.control.release(held?.id ?? 0)
    expectRunFailure(await pipeline.follow(location), advice, said)
    await expectRecovery(request)
  })
})

describe('a run that takes long', () => {
  it('is come back to by the queue, which counts no attempt', async () => {
    const look = async () => (await pipeline.call<OnboardingView>('GET', slowLocation)).body
    await expect
      .poll(look, { timeout: 45_000 })
      .toMatchObject({ status: 'running', attempts: 0, problem: { code: 'in-progress' } })
    await stack.control.advanceClock(11 * MINUTE_MS)
    const view = await pipeline.follow(slowLocation)
    expect([view.status, view.attempts, view.problem]).toEqual(['succeeded', 0, null])
    expect(view.result.databricks?.job?.run?.result).toBe('SUCCESS')
  }, 120_000)
})
