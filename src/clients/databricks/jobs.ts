import { z } from 'zod'
import { int64Id, toJsonNumber } from '../int64.ts'
import { type ApiCall, demand, type JsonApi } from '../json-api.ts'
import { type Job, type JobSettings, jobAnswer, renderJobSettings } from './job-settings.ts'
import { ask, isMissing, listPages, orderCall, pageToken, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export interface JobCalls {
  /** All of the name, whatever its upper and lower case: Databricks allows many. */
  listJobs(name: string): Promise<Job[]>
  /** Whom its runs act as: its owner, unless somebody set another; null when nobody, or the job is gone. */
  getRunAs(jobId: string): Promise<string | null>
  /** Gives the new job's id. Also throws `outcome-unknown`: each call makes one more. */
  createJob(settings: JobSettings): Promise<string>
  /** Sets what `settings` has and takes away the fields named (`tasks/<key>`); what else others set, such as a schedule, stays. */
  updateJob(jobId: string, settings: JobSettings, removedFields?: readonly string[]): Promise<'updated' | 'missing'>
  /** Cancels its runs. One that is gone already is no error. */
  deleteJob(jobId: string): Promise<void>
}

const PATH = '/api/2.2/jobs'

const jobsPage = z
  .object({ jobs: z.array(jobAnswer).max(1000).default([]), next_page_token: pageToken })
  .transform(({ jobs, next_page_token }) => ({ items: jobs, next: next_page_token }))

const runAsAnswer = z.object({ run_as_user_name: z.string().max(1024).nullish() })

const createAnswer = z.object({ job_id: int64Id })

/** Calls on a workspace's jobs. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function jobCalls(workspace: JsonApi): JobCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/jobs/list; right: `readJobs`. */
    listJobs: (name) =>
      listPages(workspace, {
        path: `${PATH}/list`,
        parameters: { name, expand_tasks: 'true', limit: '100' },
        right: DATABRICKS_RIGHTS.readJobs,
        page: jobsPage,
      }),

    /** https://docs.databricks.com/api/azure/workspace/jobs/get; right: `readJobs`. Lists do not show it. */
    getRunAs: async (jobId) => {
      const right = DATABRICKS_RIGHTS.readJobs
      const call = readCall(`${PATH}/get`, { job_id: jobId }, { right, answer: runAsAnswer })
      const found = await ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
      return found?.run_as_user_name ?? null
    },

    /** https://docs.databricks.com/api/azure/workspace/jobs/create; right: `createJob`. Whoever creates it owns it. */
    createJob: async (settings) => {
      const call: ApiCall<z.output<typeof createAnswer>> = {
        method: 'POST',
        path: `${PATH}/create`,
        body: renderJobSettings(settings),
        isRepeatable: false,
        right: DATABRICKS_RIGHTS.createJob,
        answer: createAnswer,
      }
      return demand(workspace, call, await workspace.call(call)).job_id
    },

    /** https://docs.databricks.com/api/azure/workspace/jobs/update; right: `changeJob`. Tasks are replaced one by one, by their keys. */
    updateJob: async (jobId, settings, removedFields = []) => {
      const body = {
        job_id: toJsonNumber(jobId),
        new_settings: renderJobSettings(settings),
        ...(removedFields.length === 0 ? {} : { fields_to_remove: removedFields }),
      }
      const call = orderCall(`${PATH}/update`, body, DATABRICKS_RIGHTS.changeJob)
      const outcome = await ask(workspace, call, (error) => (isMissing(error) ? 'missing' : undefined))
      return outcome === 'missing' ? outcome : 'updated'
    },

    /** https://docs.databricks.com/api/azure/workspace/jobs/delete; right: `deleteJob`. */
    deleteJob: async (jobId) => {
      const call = orderCall(`${PATH}/delete`, { job_id: toJsonNumber(jobId) }, DATABRICKS_RIGHTS.deleteJob)
      await ask(workspace, call, (error) => (isMissing(error) ? 'gone' : undefined))
    },
  }
}
