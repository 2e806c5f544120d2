import { createHash, randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { PasswordCredential } from '../../../../../local/cloud/entra/directory.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import type { World } from '../../../../../local/cloud/world.ts'
import { command, createPretendWorld, STEWARD, STRANGER, TENANT_ID, VAULT } from '../../pretend-world.ts'
import { readWire } from '../wire.ts'
import { createSend, type Send } from '../workspace-client.ts'
import { cluster, createJobCalls, type JobCalls, job, NOTEBOOK, task } from './job-client.ts'

const SECRET = 'the-secret'
/** Of waiting for a cluster, and of running. */
const PHASE_MS = 60_000
const ACCOUNT = 'stlake.dfs.core.windows.net'

/** The five settings with which Spark signs in to a storage account. */
const sparkConf = {
  [`fs.azure.account.auth.type.${ACCOUNT}`]: 'OAuth',
  [`fs.azure.account.oauth.provider.type.${ACCOUNT}`]: 'org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider',
  [`fs.azure.account.oauth2.client.id.${ACCOUNT}`]: STRANGER.clientId,
  [`fs.azure.account.oauth2.client.secret.${ACCOUNT}`]: '{{secrets/etl/client-secret}}',
  [`fs.azure.account.oauth2.client.endpoint.${ACCOUNT}`]: `https://login.microsoftonline.com/${TENANT_ID}/oauth2/token`,
}

const signingIn = { ...job, tasks: [{ ...task, new_cluster: { ...cluster, spark_conf: sparkConf } }] }

let world: World
let service: CloudService
let send: Send
let calls: JobCalls

/** An app registration with one client secret, and its service principal. */
function register(credential: Partial<PasswordCredential> = {}): void {
  const common = {
    appId: STRANGER.clientId,
    displayName: 'etl-prod',
    ownerIds: new Set<string>(),
    createdAt: 0,
    visibleAt: 0,
    deletedAt: null,
    properties: {},
  }
  const objectId = randomUUID()
  world.directory.applications.set(objectId, {
    ...common,
    objectId,
    uniqueName: null,
    signInAudience: 'AzureADMyOrg',
    federatedIdentityCredentials: [],
    passwordCredentials: [
      {
        keyId: randomUUID(),
        displayName: null,
        secretText: SECRET,
        hint: SECRET.slice(0, 3),
        startsAt: 0,
        endsAt: Number.POSITIVE_INFINITY,
        usableAt: 0,
        ...credential,
      },
    ],
  })
  world.directory.servicePrincipals.set(STRANGER.objectId, {
    ...common,
    objectId: STRANGER.objectId,
    servicePrincipalType: 'Application',
    graphRoles: new Set(),
  })
}

async function succeed(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await send(method, `/api/2.0/${path}`, body === undefined ? {} : { body })
  expect(answer).toMatchObject({ status: 200 })
  return readWire(answer)
}

async function giveAway(jobId: string): Promise<void> {
  await succeed('PUT', `permissions/jobs/${jobId}`, {
    access_control_list: [{ service_principal_name: STRANGER.clientId, permission_level: 'IS_OWNER' }],
  })
}

/** What an onboarding makes, with the principal as the owner of the job. */
async function onboard(settings: object = signingIn): Promise<string> {
  await succeed('POST', 'workspace/mkdirs', { path: '/Steward/etl-prod' })
  await succeed('POST', 'workspace/import', { path: NOTEBOOK, language: 'SQL', content: 'U0VMRUNUIDE=' })
  const { object_id: notebookId } = await succeed('GET', `workspace/get-status?path=${NOTEBOOK}`)
  await succeed('PATCH', `permissions/notebooks/${notebookId}`, {
    access_control_list: [{ service_principal_name: STRANGER.clientId, permission_level: 'CAN_READ' }],
  })
  await succeed('POST', 'secrets/scopes/create', { scope: 'etl' })
  await succeed('POST', 'secrets/put', { scope: 'etl', key: 'client-secret', string_value: SECRET })
  await succeed('POST', 'secrets/acls/put', { scope: 'etl', principal: STRANGER.clientId, permission: 'READ' })
  const jobId = await calls.create(settings)
  await giveAway(jobId)
  return jobId
}

/** A run as it is when its time is over. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function finish(runId: string): Promise<any> {
  world.clock.advance(2 * PHASE_MS)
  return (await calls.get('runs/get', { run_id: runId })).body
}

async function outputOf(run: { tasks: { run_id: string }[] }): Promise<Record<string, unknown>> {
  return (await calls.get('runs/get-output', { run_id: run.tasks[0]?.run_id ?? '' })).body
}

interface InspectedRun {
  readonly tasks: readonly { readonly resolvedSecrets: readonly unknown[] }[]
}

function inspectSecrets(): readonly unknown[] {
  const { workspaces } = command<{ workspaces: { runs: InspectedRun[] }[] }>(service, 'inspect')
  return workspaces[0]?.runs.flatMap(({ tasks }) => tasks.flatMap(({ resolvedSecrets }) => resolvedSecrets)) ?? []
}

beforeEach(() => {
  world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
  calls = createJobCalls(send)
  command(service, 'runTimes', { pendingMs: PHASE_MS, runningMs: PHASE_MS })
  command(service, 'seed', {
    resources: [
      {
        kind: 'ServicePrincipal',
        id: '1',
        applicationId: STRANGER.clientId,
        displayName: 'etl-prod',
        entitlements: [{ value: 'allow-cluster-create' }],
      },
    ],
  })
})

describe('a run', () => {
  it('waits for its cluster, runs and succeeds, and says so in both ways', async () => {
    register()
    const jobId = await onboard()
    const runId = await calls.run(jobId)
    const pending = (await calls.get('runs/get', { run_id: runId })).body
    expect(pending).toMatchObject({
      job_id: jobId,
      run_id: runId,
      run_name: job.name,
      creator_user_name: STEWARD.clientId,
      state: { life_cycle_state: 'PENDING' },
      status: { state: 'PENDING' },
      end_time: 0,
    })
    expect(pending.state).not.toHaveProperty('result_state')
    world.clock.advance(PHASE_MS)
    expect((await calls.get('runs/get', { run_id: runId })).body).toMatchObject({
      state: { life_cycle_state: 'RUNNING' },
      status: { state: 'RUNNING' },
    })
    const ended = await finish(runId)
    const end = {
      state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' },
      status: { state: 'TERMINATED', termination_details: { code: 'SUCCESS', type: 'SUCCESS' } },
    }
    expect(ended).toMatchObject({ ...end, tasks: [{ task_key: 'check', ...end }] })
    expect(ended.end_time - ended.start_time).toBe(2 * PHASE_MS)
    expect(ended.tasks[0].run_id).not.toBe(runId)
    expect(ended.run_page_url).toMatch(new RegExp(`^https://adb-.+#job/${jobId}/run/${runId}$`))
  })

  it('reads the secret of its cluster as the owner of the job, never on the wire', async () => {
    register()
    const ended = await finish(await calls.run(await onboard()))
    expect(inspectSecrets()).toEqual([
      { scope: 'etl', key: 'client-secret', sha256: createHash('sha256').update(SECRET).digest('hex') },
    ])
    const output = await outputOf(ended)
    expect(output).toMatchObject({ notebook_output: {}, metadata: { run_id: ended.tasks[0].run_id } })
    expect(JSON.stringify([ended, output])).not.toMatch(/resolved|sha256|the-secret/i)
  })

  it('is the same for the same idempotency token, as long as that is', async () => {
    const jobId = await onboard()
    const runId = await calls.run(jobId, { idempotency_token: 'steward-1' })
    expect(await calls.run(jobId, { idempotency_token: 'steward-1' })).toBe(runId)
    await finish(runId)
    expect(await calls.run(jobId, { idempotency_token: 'steward-1' })).toBe(runId)
    expect(await calls.run(jobId, { idempotency_token: 'steward-2' })).not.toBe(runId)
    const tooLong = { job_id: jobId, idempotency_token: 'x'.repeat(65) }
    expect((await calls.post('run-now', tooLong)).status).toBe(400)
  })

  it('is skipped while as many go on as the job allows', async () => {
    const jobId = await onboard()
    const first = await calls.run(jobId)
    const second = await calls.run(jobId)
    expect((await calls.get('runs/get', { run_id: second })).body).toMatchObject({
      state: { life_cycle_state: 'SKIPPED' },
      status: { state: 'TERMINATED', termination_details: { code: 'MAX_CONCURRENT_RUNS_EXCEEDED' } },
    })
    await finish(first)
    const third = await calls.run(jobId)
    expect((await calls.get('runs/get', { run_id: third })).body.state.life_cycle_state).toBe('PENDING')
  })

  it('is stopped when it takes longer than the job may', async () => {
    register()
    command(service, 'runTimes', { pendingMs: 500, runningMs: 2000 })
    const runId = await calls.run(await onboard({ ...signingIn, timeout_seconds: 1 }))
    world.clock.advance(5000)
    const run = (await calls.get('runs/get', { run_id: runId })).body
    expect(run.state).toMatchObject({ life_cycle_state: 'TERMINATED', result_state: 'TIMEDOUT' })
    expect(run.end_time - run.start_time).toBe(1000)
  })
})

describe('a run fails', () => {
  const failure = (code: string, message: RegExp): object => ({
    state: {
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message: expect.stringMatching(message),
    },
    status: {
      state: 'TERMINATED',
      termination_details: { code, type: 'CLIENT_ERROR', message: expect.stringMatching(message) },
    },
  })

  it('when the owner may not read the secret', async () => {
    register()
    const jobId = await onboard()
    await succeed('POST', 'secrets/acls/delete', { scope: 'etl', principal: STRANGER.clientId })
    const run = await finish(await calls.run(jobId))
    expect(run).toMatchObject(failure('INVALID_CLUSTER_REQUEST', /^Task check failed .*PERMISSION_DENIED.*etl/))
    expect(run.end_time - run.start_time).toBe(PHASE_MS)
    expect(inspectSecrets()).toEqual([])
  })

  it('when the vault behind the scope does not let Databricks read', async () => {
    register()
    const jobId = await onboard()
    const acls = [{ principal: STRANGER.clientId, permission: 'READ' }]
    command(service, 'seed', { resources: [{ kind: 'SecretScope', name: 'etl', vault: VAULT, acls }] })
    expect(await finish(await calls.run(jobId))).toMatchObject(
      failure('CLUSTER_ERROR', /Failed to fetch secrets referred to in Spark Conf.*https:\/\/kv-one/),
    )
  })

  it('when the owner may not create clusters', async () => {
    register()
    const jobId = await onboard()
    command(service, 'seed', { resources: [{ kind: 'ServicePrincipal', id: '1', applicationId: STRANGER.clientId }] })
    expect(await finish(await calls.run(jobId))).toMatchObject(
      failure('INVALID_CLUSTER_REQUEST', /You are not authorized to create clusters/),
    )
    command(service, 'seed', {
      resources: [
        {
          kind: 'Group',
          displayName: 'cluster-makers',
          entitlements: [{ value: 'allow-cluster-create' }],
          members: [{ value: '1' }],
        },
      ],
    })
    expect((await finish(await calls.run(jobId))).state.result_state).toBe('SUCCESS')
  })

  it('when the notebook is not there', async () => {
    register()
    const jobId = await onboard()
    await succeed('POST', 'workspace/delete', { path: NOTEBOOK })
    expect(await finish(await calls.run(jobId))).toMatchObject(
      failure('RESOURCE_NOT_FOUND', /Unable to access the notebook "\/Steward\/etl-prod\/check"/),
    )
  })

  it('when the owner may not read the notebook, as if it was not there', async () => {
    register()
    const jobId = await onboard()
    const { object_id: notebookId } = await succeed('GET', `workspace/get-status?path=${NOTEBOOK}`)
    await succeed('PUT', `permissions/notebooks/${notebookId}`, { access_control_list: [] })
    expect(await finish(await calls.run(jobId))).toMatchObject(
      failure('RESOURCE_NOT_FOUND', /Unable to access the notebook .*etl-prod \(5{8}/),
    )
  })

  it('when the owner is gone from the workspace', async () => {
    register()
    const jobId = await onboard()
    command(service, 'removePrincipal', { applicationId: STRANGER.clientId })
    expect(await finish(await calls.run(jobId))).toMatchObject(failure('UNAUTHORIZED_ERROR', /identity/))
  })

  it.each([
    ['is not the one of the application', { secretText: 'another' }, 'AADSTS7000215'],
    ['has expired', { endsAt: 1 }, 'AADSTS7000222'],
    ['is too new to be known everywhere', { usableAt: Date.now() + 3_600_000 }, 'AADSTS7000215'],
  ])('when the secret %s', async (_, credential, code) => {
    register(credential)
    const run = await finish(await calls.run(await onboard()))
    expect(run).toMatchObject(failure('RUN_EXECUTION_ERROR', /Workload failed, see run output for details/))
    expect(run.tasks).toMatchObject([{ state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED' } }])
    expect((await outputOf(run))['error']).toContain(code)
    expect(inspectSecrets()).toHaveLength(1)
  })

  it('as was arranged, until that is taken back', async () => {
    register()
    const jobId = await onboard()
    command(service, 'failRuns', { code: 'CLOUD_FAILURE', message: 'The quota for cores is used up' })
    const runId = await calls.run(jobId)
    command(service, 'failRuns', null)
    const details = (await finish(runId)).tasks[0].status.termination_details
    expect(details).toEqual({ code: 'CLOUD_FAILURE', type: 'CLOUD_FAILURE', message: 'The quota for cores is used up' })
    expect((await finish(await calls.run(jobId))).state.result_state).toBe('SUCCESS')
  })
})

describe('the output of a run', () => {
  it('is that of its tasks, each by its own id', async () => {
    const runId = await calls.run(await onboard())
    expect(await calls.get('runs/get-output', { run_id: runId })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('each individual task run') },
    })
  })

  it.each(['runs/get', 'runs/get-output'])('is not there for a run that is not, says %s', async (call) => {
    expect(await calls.get(call, { run_id: '123' })).toEqual({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Run 123 does not exist.' },
    })
  })
})

describe('listing runs', () => {
  it('says nothing of runs when there are none', async () => {
    expect((await calls.get('runs/list')).body).toEqual({ has_more: false })
  })

  it('shows the newest first, of one job, active or ended, with tasks when asked', async () => {
    const jobId = await onboard()
    const ended = await calls.run(jobId)
    await finish(ended)
    const active = await calls.run(jobId)
    const listed = async (query: Record<string, string>): Promise<readonly string[]> =>
      ((await calls.get('runs/list', query)).body.runs ?? []).map(({ run_id: runId }: { run_id: string }) => runId)
    expect(await listed({ job_id: jobId })).toEqual([active, ended])
    expect(await listed({ job_id: '123' })).toEqual([])
    expect(await listed({ active_only: 'true' })).toEqual([active])
    expect(await listed({ completed_only: 'true' })).toEqual([ended])
    expect(await listed({ limit: '1' })).toEqual([active])
    const [plain] = (await calls.get('runs/list')).body.runs
    expect(plain).not.toHaveProperty('tasks')
    const [expanded] = (await calls.get('runs/list', { expand_tasks: 'true' })).body.runs
    expect(expanded.tasks).toMatchObject([{ task_key: 'check' }])
    expect((await calls.get('runs/list', { limit: '26' })).status).toBe(400)
  })
})

describe('cancelling', () => {
  it('ends a run, and what ended already stays as it is', async () => {
    register()
    const jobId = await onboard()
    const runId = await calls.run(jobId)
    expect(await calls.post('runs/cancel', { run_id: runId })).toEqual({ status: 200, body: {} })
    const canceled = { state: { life_cycle_state: 'TERMINATED', result_state: 'CANCELED' } }
    expect((await calls.get('runs/get', { run_id: runId })).body).toMatchObject(canceled)
    const good = await calls.run(jobId)
    await finish(good)
    await calls.post('runs/cancel-all', { job_id: jobId })
    expect((await finish(good)).state.result_state).toBe('SUCCESS')
  })

  it('all of a job ends those of no other', async () => {
    const jobId = await onboard()
    const other = await calls.create(signingIn)
    const [first, second] = [await calls.run(jobId), await calls.run(other)]
    expect((await calls.post('runs/cancel-all', { job_id: jobId })).status).toBe(200)
    expect((await calls.get('runs/get', { run_id: first })).body.state.result_state).toBe('CANCELED')
    expect((await calls.get('runs/get', { run_id: second })).body.state.life_cycle_state).toBe('PENDING')
  })
})
