import type { CloudResponse, Route } from '../../service.ts'
import { apiError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { toJsonNumber } from '../int64.ts'
import { normalizePath } from '../objects/paths.ts'
import { forgetGrants, setInitialOwner } from '../permissions/grants.ts'
import { parseWith, readBody, readQuery } from '../request-body.ts'
import { newId } from '../workspace-state.ts'
import { findJobFor, isVisible } from './access.ts'
import { changeSettings } from './change-settings.ts'
import { createBody, deleteBody, getQuery, listQuery, resetBody, updateBody } from './job-requests.ts'
import { canceledBy } from './outcomes.ts'
import { takePage } from './paging.ts'
import { renderJob, renderWholeJob } from './render-job.ts'
import { findPrincipalIdentity } from './run-identity.ts'
import { type JobSettings, jobSettings } from './settings.ts'
import { endRun, settleRuns } from './settle-run.ts'

const LARGEST_PAGE = 100

const done: CloudResponse = { status: 200, body: {} }

/** Whoever is neither an admin nor entitled to it gets no job that makes clusters. */
function checkSettings({ workspace, caller }: WorkspaceCall, { tasks }: JobSettings): void {
  for (const { notebook_task: notebook } of tasks) {
    if (notebook.source === 'WORKSPACE') normalizePath(notebook.notebook_path)
  }
  if (caller.isAdmin || tasks.length === 0) return
  if (findPrincipalIdentity(workspace, caller.clientId)?.mayCreateClusters !== true) {
    throw apiError(
      403,
      'PERMISSION_DENIED',
      'You are not authorized to create clusters. Please contact your administrator.',
    )
  }
}

function create(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { request, workspace, caller } = call
  const settings = readBody(request, createBody)
  checkSettings(call, settings)
  const jobId = newId()
  const ordinal = Math.max(0, ...[...workspace.jobs.values()].map((job) => job.ordinal)) + 1
  const creator = caller.principal?.applicationId ?? caller.clientId
  workspace.jobs.set(jobId, { jobId, ordinal, creator, createdAt: state.world.clock.now(), settings })
  setInitialOwner(workspace, `jobs/${jobId}`, caller)
  return { status: 200, body: { job_id: toJsonNumber(jobId) } }
}

function update(call: WorkspaceCall): CloudResponse {
  const body = readBody(call.request, updateBody)
  const job = findJobFor('manage', call, body.job_id)
  const settings = parseWith(jobSettings, changeSettings(job.settings, body.new_settings, body.fields_to_remove))
  checkSettings(call, settings)
  job.settings = settings
  return done
}

function reset(call: WorkspaceCall): CloudResponse {
  const body = readBody(call.request, resetBody)
  const job = findJobFor('manage', call, body.job_id)
  checkSettings(call, body.new_settings)
  job.settings = body.new_settings
  return done
}

/** What runs is cancelled; the runs can still be read. */
function remove(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { request, workspace, caller } = call
  const { jobId } = findJobFor('manage', call, readBody(request, deleteBody).job_id)
  settleRuns(state, workspace)
  for (const run of workspace.runs.values()) {
    if (run.jobId === jobId) endRun(run, state.world.clock.now(), canceledBy(caller.clientId))
  }
  workspace.jobs.delete(jobId)
  forgetGrants(workspace, `jobs/${jobId}`)
  return done
}

function get(call: WorkspaceCall): CloudResponse {
  const job = findJobFor('view', call, readQuery(call.request, getQuery).job_id)
  return { status: 200, body: renderWholeJob(call.workspace, job) }
}

function list({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const query = readQuery(request, listQuery)
  const name = query.name?.toLowerCase()
  const matching = [...workspace.jobs.values()].filter(
    (job) =>
      (name === undefined || job.settings.name.toLowerCase() === name) && isVisible(workspace, caller, job.jobId),
  )
  const { items, rest } = takePage(matching, query, LARGEST_PAGE)
  const jobs = items.map((job) => renderJob(job, query.expand_tasks))
  return { status: 200, body: { ...(jobs.length === 0 ? {} : { jobs }), ...rest } }
}

export function createJobRoutes(state: DatabricksState): readonly Route[] {
  const at = (call: string): RegExp => new RegExp(`^/api/2\\.2/jobs/${call}$`)
  return [
    guardRoute(state, { name: 'jobs.create', method: 'POST', path: at('create') }, (call) => create(state, call)),
    guardRoute(state, { name: 'jobs.update', method: 'POST', path: at('update') }, update),
    guardRoute(state, { name: 'jobs.reset', method: 'POST', path: at('reset') }, reset),
    guardRoute(state, { name: 'jobs.delete', method: 'POST', path: at('delete') }, (call) => remove(state, call)),
    guardRoute(state, { name: 'jobs.get', method: 'GET', path: at('get') }, get),
    guardRoute(state, { name: 'jobs.list', method: 'GET', path: at('list') }, list),
  ]
}
