import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
const PAGE = 'https://adb-1.2.azuredatabricks.net/?o=1#job/7/run/8'

const resource = {
  run_id: 8,
  job_id: 7,
  start_time: 1_700_000_000_000,
  run_page_url: PAGE,
  state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED', state_message: 'Workload failed' },
  status: { state: 'TERMINATED', termination_details: { code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR' } },
  tasks: [{ run_id: longNumber, task_key: 'check' }],
}

const run = {
  runId: '8',
  jobId: '7',
  startedAt: new Date(1_700_000_000_000),
  isEnded: true,
  state: 'TERMINATED',
  result: 'FAILED',
  terminationCode: 'RUN_EXECUTION_ERROR',
  message: 'Workload failed',
  pageUrl: PAGE,
  taskRunIds: [LONG_ID],
}

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('starting a run', () => {
  it('may be repeated, for the token makes it the same run', async () => {
    scripted.service.on('POST', `${JOBS}/run-now`, { isLost: true }, { body: { run_id: longNumber, number_in_job: 1 } })
    expect(await scripted.workspace.runJob(LONG_ID, 'steward-1')).toBe(LONG_ID)
    const body = `{"job_id":${LONG_ID},"idempotency_token":"steward-1"}`
    expect(scripted.service.requests.map((request) => request.body)).toEqual([body, body])
  })

  it.each([
    [missing, 'upstream-rejected'],
    [{ body: { run_id: null } }, 'upstream-rejected'],
    [denied, 'upstream-denied'],
  ])('fails (%o)', async (answer, code) => {
    scripted.service.on('POST', `${JOBS}/run-now`, answer)
    await expect(scripted.workspace.runJob('7', 'steward-1')).rejects.toMatchObject({ code })
  })
})

describe('a run', () => {
  it('is read with the runs of its tasks, or is not there', async () => {
    scripted.service.on(
      'GET',
      `${JOBS}/runs/get`,
      { body: resource },
      missing,
      refusal(400, 'INVALID_PARAMETER_VALUE', 'Run 8 does not exist.'),
      refusal(400, 'INVALID_PARAMETER_VALUE', "Run: 8 in job: 7 doesn't exist"),
    )
    expect(await scripted.workspace.getRun(LONG_ID)).toEqual(run)
    for (let times = 0; times < 3; times++) expect(await scripted.workspace.getRun(LONG_ID)).toBeNull()
    expect(scripted.sent()[0]).toBe(`GET ${JOBS}/runs/get?run_id=${LONG_ID}`)
  })

  const pending = { life_cycle_state: 'PENDING', state_message: 'Waiting for cluster' }
  const details = (code: string, message = 'm') => ({ state: 'TERMINATED', termination_details: { code, message } })

  it.each([
    [
      { state: pending, status: { state: 'PENDING' } },
      { isEnded: false, state: 'PENDING', result: null },
    ],
    [{ state: { life_cycle_state: 'TERMINATING' } }, { isEnded: false, result: null, message: '' }],
    [{ state: { life_cycle_state: 'SKIPPED' } }, { isEnded: true, state: 'SKIPPED', result: null }],
    [
      { state: { life_cycle_state: 'INTERNAL_ERROR', result_state: 'FAILED' }, status: details('CLUSTER_ERROR') },
      { isEnded: true, state: 'INTERNAL_ERROR', result: 'FAILED', terminationCode: 'CLUSTER_ERROR', message: 'm' },
    ],
    [{ status: { state: 'RUNNING' } }, { isEnded: false, state: 'RUNNING', result: null, terminationCode: null }],
    [{ status: { state: 'QUEUED' } }, { isEnded: false, state: 'QUEUED' }],
    [{ status: details('SUCCESS', '') }, { isEnded: true, result: 'SUCCESS', message: '' }],
    [{ status: details('SUCCESS_WITH_FAILURES') }, { isEnded: true, result: 'SUCCESS_WITH_FAILURES' }],
    [{ status: details('USER_CANCELED') }, { isEnded: true, result: 'CANCELED' }],
    [{ status: details('SKIPPED') }, { isEnded: true, result: null }],
    [{ status: details('STORAGE_ACCESS_ERROR') }, { isEnded: true, result: 'FAILED', message: 'm' }],
  ])('tells where it is in the older and in the newer way (%j)', async (body, told) => {
    const { run_id, job_id, start_time } = resource
    scripted.service.on('GET', `${JOBS}/runs/get`, { body: { run_id, job_id, start_time, ...body } })
    expect(await scripted.workspace.getRun('8')).toMatchObject({ ...told, pageUrl: null, taskRunIds: [] })
  })

  it('shows no address but one of the web', async () => {
    scripted.service.on('GET', `${JOBS}/runs/get`, { body: { ...resource, run_page_url: 'javascript:alert(1)' } })
    expect(await scripted.workspace.getRun('8')).toMatchObject({ pageUrl: null })
  })

  it.each([
    { ...resource, state: undefined, status: undefined },
    { ...resource, run_id: 'x' },
    { ...resource, start_time: 'today' },
    { ...resource, state: { life_cycle_state: 1 } },
    { ...resource, tasks: [{}] },
  ])('is rejected as %j', async (body) => {
    scripted.service.on('GET', `${JOBS}/runs/get`, { body })
    await expect(scripted.workspace.getRun('8')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('keeps secrets out of its message and its error, and both of them short', async () => {
    const text = `client_secret=abc123 failed ${'x'.repeat(5_000)}`
    const state = { ...resource.state, state_message: text }
    scripted.service.on('GET', `${JOBS}/runs/get`, { body: { ...resource, state } })
    scripted.service.on('GET', `${JOBS}/runs/get-output`, { body: { error: text, error_trace: text } })
    const said = [(await scripted.workspace.getRun('8'))?.message ?? '', await scripted.workspace.getRunError('9')]
    for (const each of said) {
      expect(each).toContain('failed')
      expect(each).not.toContain('abc123')
      expect(each?.length).toBeLessThan(2_100)
    }
  })

  it.each([
    [{ body: { error: 'It broke', metadata: {} } }, 'It broke'],
    [{ body: { notebook_output: {} } }, null],
    [{ body: { error: '' } }, null],
    [missing, null],
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'Run 9 does not exist.'), null],
  ])('says what went wrong in a task (%o)', async (answer, error) => {
    scripted.service.on('GET', `${JOBS}/runs/get-output`, answer)
    expect(await scripted.workspace.getRunError(LONG_ID)).toBe(error)
    expect(scripted.sent()).toEqual([`GET ${JOBS}/runs/get-output?run_id=${LONG_ID}`])
  })

  it.each([
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'Retrieving the output of runs with multiple tasks is not supported.')],
    [{ body: { error: 1 } }],
  ])('does not say it otherwise (%o)', async (answer) => {
    scripted.service.on('GET', `${JOBS}/runs/get-output`, answer)
    await expect(scripted.workspace.getRunError('9')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('the runs of a job', () => {
  it('come as they are listed, no more than asked for', async () => {
    scripted.service.on('GET', `${JOBS}/runs/list`, {
      body: { runs: [resource], has_more: true, next_page_token: 't' },
    })
    expect(await scripted.workspace.listRuns(LONG_ID, 1)).toEqual([run])
    expect(scripted.sent()).toEqual([`GET ${JOBS}/runs/list?job_id=${LONG_ID}&expand_tasks=true&limit=1`])
  })

  it('come in pages of 25 at most', async () => {
    const runs = (count: number) => Array.from({ length: count }, () => resource)
    scripted.service.on(
      'GET',
      `${JOBS}/runs/list`,
      { body: { runs: runs(25), next_page_token: 't' } },
      { body: { runs: runs(25), next_page_token: 'u' } },
    )
    expect(await scripted.workspace.listRuns('7', 30)).toHaveLength(30)
    expect(scripted.sent()[1]).toBe(`GET ${JOBS}/runs/list?job_id=7&expand_tasks=true&limit=25&page_token=t`)
  })

  it.each([{ body: {} }, missing, refusal(400, 'INVALID_PARAMETER_VALUE', 'Job 7 does not exist.')])(
    'are none (%o)',
    async (answer) => {
      scripted.service.on('GET', `${JOBS}/runs/list`, answer)
      expect(await scripted.workspace.listRuns('7', 1)).toEqual([])
    },
  )

  it('are denied to whom they are not for', async () => {
    scripted.service.on('GET', `${JOBS}/runs/list`, denied)
    await expect(scripted.workspace.listRuns('7', 1)).rejects.toMatchObject({ code: 'upstream-denied' })
  })

  it.each([{ body: {} }, missing, refusal(400, 'INVALID_PARAMETER_VALUE', 'Job 7 does not exist.')])(
    'are cancelled, if there is anything (%o)',
    async (answer) => {
      scripted.service.on('POST', `${JOBS}/runs/cancel-all`, answer)
      await scripted.workspace.cancelAllRuns(LONG_ID)
      expect(scripted.service.requests[0]?.body).toBe(`{"job_id":${LONG_ID}}`)
    },
  )

  it('are not cancelled by whom they are not for', async () => {
    scripted.service.on('POST', `${JOBS}/runs/cancel-all`, denied)
    await expect(scripted.workspace.cancelAllRuns('7')).rejects.toMatchObject({ code: 'upstream-denied' })
  })
})
