import type { Caller } from '../callers.ts'
import { apiError, type DatabricksError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { listLevels } from '../permissions/grants.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Job } from './job-state.ts'

type Right = 'view' | 'run' | 'manage'

const levels: Readonly<Record<Right, readonly string[]>> = {
  view: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
  run: ['CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
  manage: ['CAN_MANAGE', 'IS_OWNER'],
}

function has(right: Right, workspace: Workspace, { clientId, isAdmin }: Caller, jobId: string): boolean {
  return isAdmin || listLevels(workspace, `jobs/${jobId}`, clientId).some((level) => levels[right].includes(level))
}

function refuse(right: Right, { clientId }: Caller, jobId: string): DatabricksError {
  const text = {
    view: `User ${clientId} does not have View or Admin or Manage Run or Owner permissions on job ${jobId}`,
    run: `User ${clientId} does not have Manage Run or Admin or Owner permissions on job ${jobId}`,
    manage: `User ${clientId} does not have Manage permissions on Job with ID: ElasticJobId(${jobId}). Please contact the owner or an administrator for access.`,
  }
  return apiError(403, 'PERMISSION_DENIED', text[right])
}

export function isVisible(workspace: Workspace, caller: Caller, jobId: string): boolean {
  return has('view', workspace, caller, jobId)
}

/** Refuses who has not this right on the job, whether it is there or not. */
export function requireJobRight(right: Right, { workspace, caller }: WorkspaceCall, jobId: string): void {
  if (!has(right, workspace, caller, jobId)) throw refuse(right, caller, jobId)
}

/** The job, for who has the right on it: who has none is refused before it is looked for. */
export function findJobFor(right: Right, call: WorkspaceCall, jobId: string): Job {
  requireJobRight(right, call, jobId)
  const job = call.workspace.jobs.get(jobId)
  if (job === undefined) throw apiError(400, 'INVALID_PARAMETER_VALUE', `Job ${jobId} does not exist.`)
  return job
}
