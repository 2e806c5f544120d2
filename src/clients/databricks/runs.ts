import { z } from 'zod'
import { quote } from '../answer.ts'
import { int64Id, toJsonNumber } from '../int64.ts'
import { demand, type JsonApi } from '../json-api.ts'
import { ask, isMissing, listPages, orderCall, pageToken, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'
import { type Run, runAnswer } from './run-state.ts'

export interface RunCalls {
  /** Gives the run's id, the same one for the same token, which has 64 characters at most. */
  runJob(jobId: string, idempotencyToken: string): Promise<string>
  /** Newest first; none when the job is gone. */
  listRuns(jobId: string, limit: number): Promise<Run[]>
  getRun(runId: string): Promise<Run | null>
  /** What went wrong in one task; null when nothing did, or the run is gone. */
  getRunError(taskRunId: string): Promise<string | null>
  /** Of a job that is gone there is nothing to cancel. */
  cancelAllRuns(jobId: string): Promise<void>
}

const PATH = '/api/2.2/jobs'
/** The most that the API gives at once. */
const MAX_PAGE_SIZE = 25
const MAX_ERROR_LENGTH = 2_000

const runsPage = z
  .object({ runs: z.array(runAnswer).max(1000).default([]), next_page_token: pageToken })
  .transform(({ runs, next_page_token }) => ({ items: runs, next: next_page_token }))

const startAnswer = z.object({ run_id: int64Id })
const outputAnswer = z.object({ error: z.string().nullish() })

/** Calls on the runs of jobs. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function runCalls(workspace: JsonApi): RunCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/jobs/runnow; right: `runJob`. The token makes a repetition harmless. */
    runJob: async (jobId, idempotencyToken) => {
      const call = {
        method: 'POST',
        path: `${PATH}/run-now`,
        body: { job_id: toJsonNumber(jobId), idempotency_token: idempotencyToken },
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.runJob,
        answer: startAnswer,
      } as const
      return demand(workspace, call, await workspace.call(call)).run_id
    },

    /** https://docs.databricks.com/api/azure/workspace/jobs/listruns; right: `readRuns`. */
    listRuns: (jobId, limit) =>
      listPages(workspace, {
        path: `${PATH}/runs/list`,
        parameters: { job_id: jobId, expand_tasks: 'true', limit: String(Math.min(limit, MAX_PAGE_SIZE)) },
        right: DATABRICKS_RIGHTS.readRuns,
        page: runsPage,
        maxItems: limit,
        isEmpty: isMissing,
      }),

    /** https://docs.databricks.com/api/azure/workspace/jobs/getrun; right: `readRuns`. Databricks forgets runs after 60 days. */
    getRun: (runId) => {
      const right = DATABRICKS_RIGHTS.readRuns
      const call = readCall(`${PATH}/runs/get`, { run_id: runId }, { right, answer: runAnswer })
      return ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
    },

    /** https://docs.databricks.com/api/azure/workspace/jobs/getrunoutput; right: `readRuns`. */
    getRunError: async (taskRunId) => {
      const right = DATABRICKS_RIGHTS.readRuns
      const call = readCall(`${PATH}/runs/get-output`, { run_id: taskRunId }, { right, answer: outputAnswer })
      const output = await ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
      return output?.error ? quote(output.error, MAX_ERROR_LENGTH) : null
    },

    /** https://docs.databricks.com/api/azure/workspace/jobs/cancelallruns; right: `cancelRuns`. It answers before they have ended. */
    cancelAllRuns: async (jobId) => {
      const call = orderCall(`${PATH}/runs/cancel-all`, { job_id: toJsonNumber(jobId) }, DATABRICKS_RIGHTS.cancelRuns)
      await ask(workspace, call, (error) => (isMissing(error) ? 'gone' : undefined))
    },
  }
}
