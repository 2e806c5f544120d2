import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { createWorkspaceAdmin, type WorkspaceAdmin } from '../support/workspace-admin.ts'

let stack: Stack
let pipeline: Pipeline
let admin: WorkspaceAdmin
const request = createWholeRequest('changed')

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
  admin = await createWorkspaceAdmin(stack)
})
afterAll(() => stack.stop())

type JobFact = NonNullable<NonNullable<OnboardingView['result']['databricks']>['job']>

interface Settings {
  readonly tasks: {
    readonly task_key: string
    readonly new_cluster: { readonly num_workers: number; readonly spark_conf: Readonly<Record<string, string>> }
  }[]
  readonly timeout_seconds: number
}

const readSettings = async (jobId: string) =>
  (await admin.call<{ settings: Settings }>('GET', `/api/2.2/jobs/get?job_id=${jobId}`)).settings

describe('what a person changed about the job', () => {
  const changeTask = async (jobId: string, change: (task: Settings['tasks'][number]) => object): Promise<void> => {
    const [task] = (await readSettings(jobId)).tasks
    if (task) await admin.changeJob(jobId, { tasks: [change(task)] })
  }
  it.each<[string, string, (job: JobFact) => Promise<unknown>]>([
    [
      'the cluster',
      'cluster',
      ({ jobId }) => changeTask(jobId, (task) => ({ ...task, new_cluster: { ...task.new_cluster, num_workers: 8 } })),
    ],
    [
      'the Spark settings',
      'Spark settings',
      ({ jobId }) =>
        changeTask(jobId, (task) => ({
          ...task,
          new_cluster: { ...task.new_cluster, spark_conf: { 'spark.speculation': 'true' } },
        })),
    ],
    [
      'the notebook that it runs',
      'notebook',
      ({ jobId }) =>
        changeTask(jobId, (task) => ({
          ...task,
          notebook_task: { notebook_path: '/Shared/other', source: 'WORKSPACE' },
        })),
    ],
    ['a task more', 'tasks', ({ jobId }) => changeTask(jobId, (task) => ({ ...task, task_key: 'another' }))],
    ['the timeout', 'timeout', ({ jobId }) => admin.changeJob(jobId, { timeout_seconds: 0 })],
    [
      'the source of the notebook',
      'its source was changed',
      ({ notebookPath }) =>
        admin.call('POST', '/api/2.0/workspace/import', {
          path: notebookPath,
          format: 'SOURCE',
          language: 'SQL',
          content: Buffer.from('SELECT * FROM secrets').toString('base64'),
          overwrite: true,
        }),
    ],
  ])('is set right again, and the job runs once more: %s', async (_what, reason, change) => {
    const { job } = (await pipeline.onboard(request)).result.databricks ?? {}
    if (!job) throw new Error('the onboarding made no job')
    const before = await readSettings(job.jobId)
    await change(job)
    const again = await pipeline.onboard(request)
    expect(again.problem).toBeNull()
    expect(again.steps.filter(({ status }) => status === 'changed')).toMatchObject([
      { step: 'job', changes: [{ action: 'update', reason: expect.stringContaining(reason) }] },
      { step: 'job-run', changes: [{ reason: 'what it runs with changes' }] },
    ])
    expect(await readSettings(job.jobId)).toEqual(before)
    const source = await admin.call<{ content: string }>(
      'GET',
      `/api/2.0/workspace/export?format=SOURCE&path=${encodeURIComponent(job.notebookPath)}`,
    )
    expect(Buffer.from(source.content, 'base64').toString()).toContain('SELECT 1')
  })
})
