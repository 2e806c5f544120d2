import { beforeEach, describe, expect, it } from 'vitest'
import { toJsonNumber } from '../../../../../local/cloud/databricks/int64.ts'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import { command, createPretendWorld, STEWARD, STRANGER } from '../../pretend-world.ts'
import { createSend, type Options } from '../workspace-client.ts'
import { cluster, createJobCalls, type JobCalls, job, NOTEBOOK, task } from './job-client.ts'

let service: CloudService
let calls: JobCalls

beforeEach(() => {
  const world = createPretendWorld()
  service = createDatabricksService(world)
  calls = createJobCalls(createSend(world, service))
})

describe('creating a job', () => {
  it('answers an id that is a number beyond what a double holds', async () => {
    const world = createPretendWorld()
    const send = createSend(world, createDatabricksService(world))
    const { status, body } = await send('POST', '/api/2.2/jobs/create', { body: job })
    expect(status).toBe(200)
    const [, digits = ''] = /^\{"job_id":(\d+)\}$/.exec(JSON.stringify(body)) ?? []
    expect(BigInt(digits)).toBeGreaterThan(2n ** 53n)
  })

  it('keeps the settings, and adds what the service adds', async () => {
    const jobId = await calls.create()
    const { body } = await calls.get('get', { job_id: jobId })
    expect(body).toMatchObject({
      job_id: jobId,
      creator_user_name: STEWARD.clientId,
      run_as_user_name: STEWARD.clientId,
      settings: {
        ...job,
        format: 'MULTI_TASK',
        timeout_seconds: 0,
        email_notifications: {},
        tasks: [{ ...task, run_if: 'ALL_SUCCESS', new_cluster: { ...cluster, enable_elastic_disk: true } }],
      },
    })
    expect(body.created_time).toBeCloseTo(Date.now(), -4)
  })

  it('takes a name that is there already', async () => {
    const ids = [await calls.create(), await calls.create()]
    const { body } = await calls.get('list', { name: 'ETL-PROD-CHECK' })
    expect(body.jobs.map((each: { job_id: string }) => each.job_id)).toEqual(ids.toReversed())
  })

  const { task_key: _key, ...keyless } = task
  const { new_cluster: _cluster, ...clusterless } = task
  const { spark_version: _version, ...versionless } = cluster
  const { node_type_id: _type, ...typeless } = cluster
  const { num_workers: _size, ...sizeless } = cluster

  it.each([
    ['a task without a key', { tasks: [keyless] }, 'INVALID_PARAMETER_VALUE', 'tasks.0.task_key'],
    ['a task without compute', { tasks: [clusterless] }, 'INVALID_PARAMETER_VALUE', 'exactly one'],
    ['a task with two', { tasks: [{ ...task, job_cluster_key: 'main' }] }, 'INVALID_PARAMETER_VALUE', 'exactly one'],
    [
      'a job cluster there is none of',
      { tasks: [{ ...clusterless, job_cluster_key: 'main' }] },
      'INVALID_PARAMETER_VALUE',
      'main',
    ],
    [
      'a cluster there is none of',
      { tasks: [{ ...clusterless, existing_cluster_id: '0923-1' }] },
      'INVALID_PARAMETER_VALUE',
      'Cluster 0923-1 does not exist',
    ],
    ['two tasks of one key', { tasks: [task, task] }, 'INVALID_PARAMETER_VALUE', 'Duplicate task key: check'],
    ['no runtime', { tasks: [{ ...task, new_cluster: versionless }] }, 'INVALID_PARAMETER_VALUE', 'spark_version'],
    ['no machine type', { tasks: [{ ...task, new_cluster: typeless }] }, 'INVALID_PARAMETER_VALUE', 'node_type_id'],
    ['no size', { tasks: [{ ...task, new_cluster: sizeless }] }, 'INVALID_PARAMETER_VALUE', 'new_cluster.size'],
    ['an unknown field of the job', { names: 'x' }, 'MALFORMED_REQUEST', '"names"'],
    ['an unknown field of a task', { tasks: [{ ...task, x: 1 }] }, 'MALFORMED_REQUEST', '"tasks.0.x"'],
    [
      'an unknown field of a cluster',
      { tasks: [{ ...task, new_cluster: { ...cluster, sparkConf: {} } }] },
      'MALFORMED_REQUEST',
      '"tasks.0.new_cluster.sparkConf"',
    ],
    [
      'a Spark setting that is no text',
      { tasks: [{ ...task, new_cluster: { ...cluster, spark_conf: { a: 1 } } }] },
      'MALFORMED_REQUEST',
      'spark_conf.a',
    ],
  ])('is refused with %s', async (_, settings, code, text) => {
    expect(await calls.post('create', { ...job, ...settings })).toMatchObject({
      status: 400,
      body: { error_code: code, message: expect.stringContaining(text) },
    })
    expect((await calls.get('list')).body).toEqual({ has_more: false })
  })
})

describe('a job that is not there', () => {
  it.each(['get', 'update', 'reset', 'delete', 'run-now'])('is an invalid parameter of %s', async (call) => {
    const answer =
      call === 'get'
        ? await calls.get('get', { job_id: '123' })
        : await calls.post(call, { job_id: 123, ...(call === 'reset' ? { new_settings: job } : {}) })
    expect(answer).toEqual({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Job 123 does not exist.' },
    })
  })
})

describe('listing jobs', () => {
  it('leaves tasks out unless they are asked for', async () => {
    await calls.create()
    const [plain] = (await calls.get('list')).body.jobs
    expect(plain.settings).toMatchObject({ name: job.name, tags: job.tags })
    expect(plain.settings).not.toHaveProperty('tasks')
    const [expanded] = (await calls.get('list', { expand_tasks: 'true' })).body.jobs
    expect(expanded.settings.tasks).toMatchObject([task])
  })

  it('goes on where the last page ended, whatever came meanwhile', async () => {
    const ids = [await calls.create(), await calls.create(), await calls.create()]
    const first = (await calls.get('list', { limit: '2' })).body
    expect(first).toMatchObject({ has_more: true, jobs: [{ job_id: ids[2] }, { job_id: ids[1] }] })
    await calls.create()
    const second = (await calls.get('list', { limit: '2', page_token: first.next_page_token })).body
    expect(second).toMatchObject({ has_more: false, jobs: [{ job_id: ids[0] }] })
    expect(second.jobs).toHaveLength(1)
  })

  it.each([{ limit: '0' }, { limit: '101' }, { page_token: 'x' }, { nme: 'x' }])('refuses %o', async (query) => {
    expect((await calls.get('list', query)).status).toBe(400)
  })
})

describe('changing a job', () => {
  it('replaces fields, and tasks by their key', async () => {
    const jobId = await calls.create()
    const other = { ...task, task_key: 'other' }
    const changed = { ...task, notebook_task: { notebook_path: '/Steward/moved' } }
    const answer = await calls.post('update', {
      job_id: jobId,
      new_settings: { name: 'renamed', tasks: [other] },
      fields_to_remove: ['tags'],
    })
    expect(answer).toEqual({ status: 200, body: {} })
    await calls.post('update', { job_id: jobId, new_settings: { tasks: [changed] } })
    const { settings } = (await calls.get('get', { job_id: jobId })).body
    expect(settings).toMatchObject({ name: 'renamed', max_concurrent_runs: 1, tasks: [changed, other] })
    expect(settings).not.toHaveProperty('tags')
    await calls.post('update', { job_id: jobId, fields_to_remove: ['tasks/check'] })
    expect((await calls.get('get', { job_id: jobId })).body.settings.tasks).toMatchObject([other])
  })

  it('by reset leaves nothing of what was', async () => {
    const jobId = await calls.create()
    const answer = await calls.post('reset', { job_id: jobId, new_settings: { name: 'anew', tasks: [task] } })
    expect(answer.status).toBe(200)
    const { settings } = (await calls.get('get', { job_id: jobId })).body
    expect(settings).toMatchObject({ name: 'anew' })
    expect(settings).not.toHaveProperty('tags')
  })

  it('takes the id as a number and as its digits, and confuses no two', async () => {
    const jobId = await calls.create()
    const rename = (id: unknown, name: string) => calls.post('update', { job_id: id, new_settings: { name } })
    expect((await rename(toJsonNumber(jobId), 'one')).status).toBe(200)
    expect((await rename(jobId, 'two')).status).toBe(200)
    expect((await rename(toJsonNumber(String(BigInt(jobId) + 1n)), 'three')).status).toBe(400)
    expect((await calls.get('get', { job_id: jobId })).body.settings.name).toBe('two')
  })

  it('to something wrong changes nothing', async () => {
    const jobId = await calls.create()
    const { new_cluster: _, ...bare } = task
    for (const wrong of [bare, { ...bare, job_cluster_key: 'main' }]) {
      expect((await calls.post('update', { job_id: jobId, new_settings: { tasks: [wrong] } })).status).toBe(400)
    }
    expect((await calls.get('get', { job_id: jobId })).body.settings.tasks).toMatchObject([task])
  })
})

describe('deleting a job', () => {
  it('cancels what runs of it, and leaves the runs to be read', async () => {
    const jobId = await calls.create()
    const runId = await calls.run(jobId)
    expect((await calls.post('delete', { job_id: jobId })).status).toBe(200)
    expect((await calls.get('get', { job_id: jobId })).body.message).toBe(`Job ${jobId} does not exist.`)
    expect((await calls.get('runs/get', { run_id: runId })).body.state).toMatchObject({
      life_cycle_state: 'TERMINATED',
      result_state: 'CANCELED',
    })
  })
})

describe('a service principal', () => {
  const asStranger: Options = { as: STRANGER }

  const admit = (entitlements: readonly string[]): unknown =>
    command(service, 'seed', {
      resources: [
        {
          kind: 'ServicePrincipal',
          id: '1',
          applicationId: STRANGER.clientId,
          entitlements: entitlements.map((value) => ({ value })),
        },
      ],
    })

  it('owns the jobs it makes, and may not touch those of others', async () => {
    admit(['allow-cluster-create'])
    const others = await calls.create()
    const own = await calls.create({ ...job, name: 'own' }, asStranger)
    expect((await calls.get('get', { job_id: own }, asStranger)).body.run_as_user_name).toBe(STRANGER.clientId)
    expect((await calls.get('list', {}, asStranger)).body.jobs).toMatchObject([{ job_id: own }])
    for (const answer of [
      await calls.get('get', { job_id: others }, asStranger),
      await calls.post('update', { job_id: others }, asStranger),
      await calls.post('delete', { job_id: others }, asStranger),
      await calls.post('run-now', { job_id: others }, asStranger),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } })
    }
  })

  it('learns nothing of whether a job is there that it has no right on', async () => {
    admit(['allow-cluster-create'])
    const jobId = await calls.create()
    const refusals = [jobId, '123'].map((id) => calls.get('get', { job_id: id }, asStranger))
    for (const { status, body } of await Promise.all(refusals)) {
      expect(status).toBe(403)
      expect(body.message).toMatch(/does not have View or Admin or Manage Run or Owner permissions on job \d+$/)
    }
  })

  it('makes no job with a cluster unless it may create clusters', async () => {
    admit([])
    expect(await calls.post('create', job, asStranger)).toMatchObject({
      status: 403,
      body: { error_code: 'PERMISSION_DENIED', message: expect.stringContaining('not authorized to create clusters') },
    })
  })
})

it('shows jobs to those who look inside', async () => {
  const jobId = await calls.create()
  const [workspace] = command<{ workspaces: { jobs: unknown[] }[] }>(service, 'inspect').workspaces
  expect(workspace?.jobs).toMatchObject([
    {
      jobId,
      creator: STEWARD.clientId,
      owner: { kind: 'service-principal', name: STEWARD.clientId },
      settings: { tasks: [{ notebook_task: { notebook_path: NOTEBOOK } }] },
    },
  ])
})
