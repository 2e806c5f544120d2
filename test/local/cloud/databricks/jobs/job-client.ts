import { toJsonNumber } from '../../../../../local/cloud/databricks/int64.ts'
import { readWire } from '../wire.ts'
import type { Answer, Options, Send } from '../workspace-client.ts'

export const NOTEBOOK = '/Steward/etl-prod/check'

export const cluster = {
  spark_version: '15.4.x-scala2.12',
  node_type_id: 'Standard_DS3_v2',
  num_workers: 1,
  data_security_mode: 'SINGLE_USER',
}

export const task = {
  task_key: 'check',
  notebook_task: { notebook_path: NOTEBOOK, source: 'WORKSPACE' },
  new_cluster: cluster,
}

export const job = { name: 'etl-prod-check', tags: { steward: 'prod/etl-prod' }, max_concurrent_runs: 1, tasks: [task] }

export interface JobCalls {
  post(call: string, body?: object, options?: Options): Promise<Answer>
  get(call: string, query?: Readonly<Record<string, string>>, options?: Options): Promise<Answer>
  create(settings?: object, options?: Options): Promise<string>
  run(jobId: string, body?: object, options?: Options): Promise<string>
}

/** Calls of Jobs 2.2; bodies of answers are as they arrive, ids as their digits. */
export function createJobCalls(send: Send): JobCalls {
  const path = (call: string): string => `/api/2.2/jobs/${call}`
  const read = async (answer: Promise<Answer>): Promise<Answer> => {
    const { status, body } = await answer
    return { status, body: readWire({ body }) }
  }
  const calls: JobCalls = {
    post: (call, body = {}, options = {}) => read(send('POST', path(call), { ...options, body })),
    get: (call, query = {}, options = {}) => read(send('GET', `${path(call)}?${new URLSearchParams(query)}`, options)),
    create: async (settings = job, options = {}) => (await calls.post('create', settings, options)).body.job_id,
    run: async (jobId, body = {}, options = {}) =>
      (await calls.post('run-now', { job_id: toJsonNumber(jobId), ...body }, options)).body.run_id,
  }
  return calls
}
