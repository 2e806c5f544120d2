import { toJsonNumber } from '../int64.ts'
import { findOwner } from '../permissions/grants.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Job } from './job-state.ts'

/** A job as lists show it: without tasks and clusters, unless they were asked for. */
export function renderJob(job: Job, isExpanded: boolean): Readonly<Record<string, unknown>> {
  // Whom it runs as can be set here, and is shown elsewhere.
  const { tasks, job_clusters: clusters, run_as: _runAs, ...rest } = job.settings
  const settings = isExpanded ? { ...rest, tasks, ...(clusters === undefined ? {} : { job_clusters: clusters }) } : rest
  return {
    job_id: toJsonNumber(job.jobId),
    creator_user_name: job.creator,
    settings,
    created_time: job.createdAt,
  }
}

/** A job as get shows it. */
export function renderWholeJob(workspace: Workspace, job: Job): Readonly<Record<string, unknown>> {
  const runAs = job.settings.run_as?.service_principal_name ?? findOwner(workspace, job.jobId)?.name
  return { ...renderJob(job, true), ...(runAs === undefined ? {} : { run_as_user_name: runAs }) }
}
