import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobSettings } from '../../../src/clients/databricks/client.ts'
import {
  denied,
  LONG_ID,
  longNumber,
  missing,
  refusal,
  type ScriptedWorkspace,
  startScriptedWorkspace,
} from './scripted-workspace.ts'

const JOBS = '/api/2.2/jobs'

const settings: JobSettings = {
  name: 'etl',
  tags: { steward: 'prod' },
  timeoutSeconds: 3600,
  task: {
    key: 'check',
    notebookPath: '/Steward/prod/etl/check',
    cluster: {
      sparkVersion: '15.4.x-scala2.12',
      nodeTypeId: 'Standard_DS3_v2',
      numWorkers: 1,
      dataSecurityMode: 'SINGLE_USER',
      sparkConf: { 'fs.azure.account.auth.type.x': 'OAuth' },
    },
  },
}

/** The same, as the API has it. */
const rendered = {
  name: 'etl',
  tags: { steward: 'prod' },
  timeout_seconds: 3600,
  max_concurrent_runs: 1,
  tasks: [
    {
      task_key: 'check',
      notebook_task: { notebook_path: '/Steward/prod/etl/check', source: 'WORKSPACE' },
      new_cluster: {
        spark_version: '15.4.x-scala2.12',
        node_type_id: 'Standard_DS3_v2',
        num_workers: 1,
        data_security_mode: 'SINGLE_USER',
        spark_conf: { 'fs.azure.account.auth.type.x': 'OAuth' },
      },
    },
  ],
}

const resource = { job_id: 7, creator_user_name: 'identity-1', created_time: 1_700_000_000_000, settings: rendered }

const job = {
  jobId: '7',
  creator: 'identity-1',
  createdAt: new Date(1_700_000_000_000),
  settings: {
    name: 'etl',
    tags: { steward: 'prod' },
    timeoutSeconds: 3600,
    hasGitSource: false,
    tasks: [{ ...settings.task, isFromGit: false, hasAddedCode: false }],
  },
}

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('listing jobs', () => {
  it('asks by name and reads back what was created', async () => {
    scripted.service.on('GET', `${JOBS}/list`, { body: { jobs: [resource], has_more: false } })
    expect(await scripted.workspace.listJobs('etl & co')).toEqual([job])
    expect(scripted.sent()).toEqual([`GET ${JOBS}/list?name=etl%20%26%20co&expand_tasks=true&limit=100`])
  })

  it('reads page after page, and keeps long ids whole', async () => {
    scripted.service.on(
      'GET',
      `${JOBS}/list`,
      { body: { jobs: [resource], has_more: true, next_page_token: 'a b' } },
      { body: { jobs: [{ ...resource, job_id: longNumber }], next_page_token: '' } },
    )
    expect((await scripted.workspace.listJobs('etl')).map(({ jobId }) => jobId)).toEqual(['7', LONG_ID])
    expect(scripted.sent()[1]).toBe(`GET ${JOBS}/list?name=etl&expand_tasks=true&limit=100&page_token=a%20b`)
  })

  it('is empty when there is none', async () => {
    scripted.service.on('GET', `${JOBS}/list`, { body: { has_more: false } })
    expect(await scripted.workspace.listJobs('etl')).toEqual([])
  })

  it('gives up on a list without end', async () => {
    const page = { body: { jobs: [resource], next_page_token: 'again' } }
    scripted.service.on('GET', `${JOBS}/list`, ...Array.from({ length: 250 }, () => page))
    await expect(scripted.workspace.listJobs('etl')).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('without end'),
    })
  })

  it('takes jobs of other kinds, too', async () => {
    const tasks = [
      { task_key: 'a', spark_python_task: { python_file: 'x.py' }, existing_cluster_id: 'c' },
      { task_key: 'b', notebook_task: { notebook_path: '/b' }, new_cluster: { autoscale: { min_workers: 1 } } },
      {
        task_key: 'c',
        notebook_task: { notebook_path: '/c' },
        new_cluster: { spark_version: 's', node_type_id: 'n', num_workers: 0 },
      },
    ]
    const { job_id, created_time } = resource
    scripted.service.on('GET', `${JOBS}/list`, {
      body: {
        jobs: [
          { job_id, created_time, settings: { tasks } },
          { ...resource, settings: { name: 'etl', timeout_seconds: 0 } },
        ],
      },
    })
    const cluster = { sparkVersion: 's', nodeTypeId: 'n', numWorkers: 0, dataSecurityMode: 'NONE', sparkConf: {} }
    expect(await scripted.workspace.listJobs('etl')).toMatchObject([
      {
        creator: null,
        settings: {
          name: '',
          tags: {},
          timeoutSeconds: null,
          tasks: [
            { key: 'a', notebookPath: null, cluster: null },
            { key: 'b', notebookPath: '/b', cluster: null },
            { key: 'c', notebookPath: '/c', cluster },
          ],
        },
      },
      { creator: 'identity-1', settings: { timeoutSeconds: 0, tasks: [] } },
    ])
  })

  it('tells where code comes from besides the notebook', async () => {
    const [task] = rendered.tasks
    const cluster = { ...task?.new_cluster, init_scripts: [{ workspace: { destination: '/x.sh' } }] }
    const tasks = [
      { ...task, notebook_task: { notebook_path: 'x', source: 'GIT' } },
      { ...task, libraries: [{ pypi: { package: 'x' } }] },
      { ...task, new_cluster: cluster },
      { ...task, libraries: [], new_cluster: { ...cluster, init_scripts: [] } },
    ]
    const git_source = { git_url: 'https://example.com/x', git_provider: 'gitHub', git_branch: 'main' }
    scripted.service.on('GET', `${JOBS}/list`, {
      body: { jobs: [{ ...resource, settings: { ...rendered, git_source, tasks } }] },
    })
    const [found] = await scripted.workspace.listJobs('etl')
    expect(found?.settings.hasGitSource).toBe(true)
    expect(found?.settings.tasks.map(({ isFromGit, hasAddedCode }) => [isFromGit, hasAddedCode])).toEqual([
      [true, false],
      [false, true],
      [false, true],
      [false, false],
    ])
  })

  it.each([
    { jobs: [{ ...resource, job_id: 1.5 }] },
    { jobs: [{ ...resource, created_time: -1 }] },
    { jobs: [{ ...resource, created_time: 9e15 }] },
    { jobs: [{ ...resource, settings: undefined }] },
    { jobs: [{ ...resource, settings: { tasks: [{}] } }] },
    { jobs: [], next_page_token: 1 },
  ])('rejects %j', async (body) => {
    scripted.service.on('GET', `${JOBS}/list`, { body })
    await expect(scripted.workspace.listJobs('etl')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('whom a job runs as', () => {
  it('is read from the job itself', async () => {
    scripted.service.on('GET', `${JOBS}/get`, { body: { ...resource, run_as_user_name: 'app-1' } }, { body: resource })
    expect(await scripted.workspace.getRunAs(LONG_ID)).toBe('app-1')
    expect(await scripted.workspace.getRunAs('7')).toBeNull()
    expect(scripted.sent()[0]).toBe(`GET ${JOBS}/get?job_id=${LONG_ID}`)
  })

  it('is nobody when the job is gone', async () => {
    scripted.service.on('GET', `${JOBS}/get`, missing)
    expect(await scripted.workspace.getRunAs('7')).toBeNull()
  })
})

describe('creating a job', () => {
  it('describes one task on one cluster, and gives the id whole', async () => {
    scripted.service.on('POST', `${JOBS}/create`, { body: { job_id: longNumber } })
    expect(await scripted.workspace.createJob(settings)).toBe(LONG_ID)
    expect(scripted.sent()).toEqual([[`POST ${JOBS}/create`, rendered]])
    expect(scripted.service.requests[0]?.headers['content-type']).toBe('application/json')
  })

  it.each([
    { isLost: true },
    { status: 500, body: {} },
    { body: {} },
    { body: 'done' },
    refusal(400, 'BAD_REQUEST', 'deadline exceeded'),
  ])('is not repeated: its outcome stays open (%o)', async (answer) => {
    scripted.service.on('POST', `${JOBS}/create`, answer)
    await expect(scripted.workspace.createJob(settings)).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(scripted.service.requests).toHaveLength(1)
  })

  it.each([
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'Invalid cluster'), 'upstream-rejected'],
    [denied, 'upstream-denied'],
  ])('is refused (%o)', async (answer, code) => {
    scripted.service.on('POST', `${JOBS}/create`, answer)
    await expect(scripted.workspace.createJob(settings)).rejects.toMatchObject({ code })
  })
})

const gone = [missing, refusal(400, 'INVALID_PARAMETER_VALUE', `Job ${LONG_ID} does not exist.`)]

describe('changing a job', () => {
  it('sends its id as a number, whole, and what else shall go', async () => {
    scripted.service.on('POST', `${JOBS}/update`, { body: {} }, { body: {} })
    expect(await scripted.workspace.updateJob(LONG_ID, settings)).toBe('updated')
    expect(await scripted.workspace.updateJob('7', settings, ['tasks/other', 'git_source'])).toBe('updated')
    expect(scripted.service.requests[0]?.body).toBe(`{"job_id":${LONG_ID},"new_settings":${JSON.stringify(rendered)}}`)
    expect(scripted.sent()[1]).toEqual([
      `POST ${JOBS}/update`,
      { job_id: 7, new_settings: rendered, fields_to_remove: ['tasks/other', 'git_source'] },
    ])
  })

  it.each(gone)('says when it is gone (%o)', async (answer) => {
    scripted.service.on('POST', `${JOBS}/update`, answer)
    expect(await scripted.workspace.updateJob(LONG_ID, settings)).toBe('missing')
  })

  it('does not take a missing policy for a missing job', async () => {
    scripted.service.on('POST', `${JOBS}/update`, refusal(400, 'INVALID_PARAMETER_VALUE', 'Policy x does not exist'))
    await expect(scripted.workspace.updateJob('7', settings)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('deleting a job', () => {
  it('names it by its whole id', async () => {
    scripted.service.on('POST', `${JOBS}/delete`, { body: {} })
    await scripted.workspace.deleteJob(LONG_ID)
    expect(scripted.service.requests[0]?.body).toBe(`{"job_id":${LONG_ID}}`)
  })

  it.each(gone)('does not mind when it is gone (%o)', async (answer) => {
    scripted.service.on('POST', `${JOBS}/delete`, answer)
    await scripted.workspace.deleteJob(LONG_ID)
  })

  it('that is denied says so', async () => {
    scripted.service.on('POST', `${JOBS}/delete`, denied)
    await expect(scripted.workspace.deleteJob('7')).rejects.toMatchObject({ code: 'upstream-denied' })
  })

  it('is not asked for by what is no id', async () => {
    await expect(scripted.workspace.deleteJob('7,"x":1')).rejects.toBeInstanceOf(TypeError)
    expect(scripted.service.requests).toEqual([])
  })
})
