import { toJsonNumber } from '../../../../local/cloud/databricks/int64.ts'
import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

const NOTEBOOK = '/Shared/conformance/check'

interface Inspected {
  readonly jobs: readonly { readonly jobId: string }[]
  readonly runs: readonly { readonly runId: string; readonly tasks: readonly { readonly runId: string }[] }[]
}

function describeJob(notebookPath: string): Readonly<Record<string, unknown>> {
  const cluster = { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 }
  return {
    name: 'conformance',
    tags: { by: 'conformance' },
    max_concurrent_runs: 1,
    timeout_seconds: 600,
    tasks: [{ task_key: 'check', notebook_task: { notebook_path: notebookPath }, new_cluster: cluster }],
  }
}

/** Calls and refusals of the workspace tree, of jobs and of their runs. */
export async function callDatabricksJobs({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const [, host = ''] = cloud.settings.workspaces
  // The answers' own ids are beyond what JSON.parse keeps.
  const inspect = async (): Promise<Inspected> => {
    const { workspaces } = await control.command<{ workspaces: readonly Inspected[] }>('databricks', 'inspect', {
      workspace: host,
    })
    return workspaces[0] ?? { jobs: [], runs: [] }
  }
  await control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })

  const tree = `https://${host}/api/2.0/workspace`
  const notebook = { path: NOTEBOOK, format: 'SOURCE', language: 'SQL', content: 'U0VMRUNUIDE=' }
  await send(404, 'POST', `${tree}/import`, { body: notebook })
  await send(200, 'POST', `${tree}/mkdirs`, { body: { path: '/Shared/conformance' } })
  await send(200, 'POST', `${tree}/import`, { body: notebook })
  await send(400, 'POST', `${tree}/import`, { body: notebook })
  await send(200, 'GET', `${tree}/get-status?path=${NOTEBOOK}`)
  await send(200, 'GET', `${tree}/export?path=${NOTEBOOK}&format=SOURCE`)
  await send(200, 'GET', `${tree}/list?path=/Shared/conformance`)

  const jobs = `https://${host}/api/2.2/jobs`
  await send(401, 'GET', `${jobs}/list`, { isAnonymous: true })
  await send(400, 'POST', `${jobs}/create`, { body: { ...describeJob(NOTEBOOK), tasks: [{ task_key: 'check' }] } })
  await send(200, 'GET', `${jobs}/list?name=conformance`)
  await send(200, 'POST', `${jobs}/create`, { body: describeJob(NOTEBOOK) })
  await send(200, 'POST', `${jobs}/create`, { body: describeJob(`${NOTEBOOK}-missing`) })
  const [good, bad] = (await inspect()).jobs.map(({ jobId }) => jobId)
  if (good === undefined || bad === undefined) throw new Error('the jobs were not made')
  const body = { job_id: toJsonNumber(good) }
  await send(200, 'GET', `${jobs}/list?name=conformance&expand_tasks=true&limit=1`)
  await send(200, 'GET', `${jobs}/get?job_id=${good}`)
  await send(400, 'GET', `${jobs}/get?job_id=1`)
  await send(200, 'POST', `${jobs}/update`, { body: { ...body, new_settings: { description: 'changed' } } })
  await send(200, 'POST', `${jobs}/reset`, { body: { ...body, new_settings: describeJob(NOTEBOOK) } })

  await send(200, 'POST', `${jobs}/run-now`, { body: { ...body, idempotency_token: 'conformance' } })
  await send(200, 'POST', `${jobs}/run-now`, { body: { job_id: toJsonNumber(bad) } })
  await send(200, 'GET', `${jobs}/runs/list?job_id=${good}&limit=1&expand_tasks=true`)
  for (const { runId, tasks } of (await inspect()).runs) {
    await send(200, 'GET', `${jobs}/runs/get?run_id=${runId}`)
    await send(400, 'GET', `${jobs}/runs/get-output?run_id=${runId}`)
    for (const task of tasks) await send(200, 'GET', `${jobs}/runs/get-output?run_id=${task.runId}`)
    await send(200, 'POST', `${jobs}/runs/cancel`, { body: { run_id: toJsonNumber(runId) } })
  }
  await send(200, 'POST', `${jobs}/runs/cancel-all`, { body })
  await send(200, 'POST', `${jobs}/delete`, { body })
  await send(200, 'POST', `${tree}/delete`, { body: { path: '/Shared/conformance', recursive: true } })
}
