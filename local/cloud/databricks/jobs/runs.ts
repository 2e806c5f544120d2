import type { CloudResponse, Route } from '../../service.ts'
import { apiError, type DatabricksError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { toJsonNumber } from '../int64.ts'
import { readBody, readQuery } from '../request-body.ts'
import { newId, type Workspace } from '../workspace-state.ts'
import { findJobFor, isVisible, requireJobRight } from './access.ts'
import { cancelAllBody, cancelBody, getRunQuery, listRunsQuery, runNowBody } from './job-requests.ts'
import type { Run, TaskRun } from './job-state.ts'
import { canceledBy, skippedAt } from './outcomes.ts'
import { takePage } from './paging.ts'
import { renderOutput, renderRun } from './render-run.ts'
import { endRun, isEnded, settleRuns } from './settle-run.ts'

const LARGEST_PAGE = 25

const done: CloudResponse = { status: 200, body: {} }

function runNotFound(runId: string): DatabricksError {
  return apiError(400, 'INVALID_PARAMETER_VALUE', `Run ${runId} does not exist.`)
}

function answerStarted({ runId }: Run): CloudResponse {
  return { status: 200, body: { run_id: toJsonNumber(runId), number_in_job: toJsonNumber(runId) } }
}

function countActive(workspace: Workspace, jobId: string): number {
  return [...workspace.runs.values()].filter((run) => run.jobId === jobId && !isEnded(run)).length
}

function runNow(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { request, workspace, caller } = call
  const body = readBody(request, runNowBody)
  const { jobId, settings } = findJobFor('run', call, body.job_id)
  const token = body.idempotency_token ?? null
  const runs = [...workspace.runs.values()]
  const known = token === null ? undefined : runs.find((run) => run.jobId === jobId && run.idempotencyToken === token)
  if (known !== undefined) return answerStarted(known)
  if (settings.tasks.length === 0) throw apiError(400, 'INVALID_PARAMETER_VALUE', 'The job has no tasks to run')
  const limit = settings.max_concurrent_runs
  const isSkipped = countActive(workspace, jobId) >= limit
  const run: Run = {
    runId: newId(),
    ordinal: runs.length + 1,
    jobId,
    settings,
    creator: caller.principal?.applicationId ?? caller.clientId,
    idempotencyToken: token,
    notebookParams: body.notebook_params,
    startedAt: state.world.clock.now(),
    times: workspace.runTimes,
    arrangedFailure: workspace.runFailure,
    skipped: isSkipped ? skippedAt(limit) : null,
    tasks: isSkipped
      ? []
      : settings.tasks.map((task) => ({ runId: newId(), task, progress: { kind: 'pending' }, resolvedSecrets: [] })),
  }
  workspace.runs.set(run.runId, run)
  return answerStarted(run)
}

/** Runs and their tasks share one space of ids. */
function findTaskRun(workspace: Workspace, runId: string): { run: Run; taskRun: TaskRun } | undefined {
  return [...workspace.runs.values()]
    .flatMap((run) => run.tasks.map((taskRun) => ({ run, taskRun })))
    .find(({ taskRun }) => taskRun.runId === runId)
}

function get(call: WorkspaceCall): CloudResponse {
  const { request, workspace } = call
  const { run_id: runId } = readQuery(request, getRunQuery)
  const run = workspace.runs.get(runId) ?? findTaskRun(workspace, runId)?.run
  if (run === undefined) throw runNotFound(runId)
  requireJobRight('view', call, run.jobId)
  return { status: 200, body: renderRun(workspace, run, true) }
}

function list({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const query = readQuery(request, listRunsQuery)
  if (query.active_only && query.completed_only) {
    throw apiError(400, 'INVALID_PARAMETER_VALUE', 'Only one of active_only and completed_only can be true')
  }
  const matching = [...workspace.runs.values()].filter(
    (run) =>
      (query.job_id === undefined || run.jobId === query.job_id) &&
      !(query.active_only && isEnded(run)) &&
      !(query.completed_only && !isEnded(run)) &&
      isVisible(workspace, caller, run.jobId),
  )
  const { items, rest } = takePage(matching, query, LARGEST_PAGE)
  const runs = items.map((run) => renderRun(workspace, run, query.expand_tasks))
  return { status: 200, body: { ...(runs.length === 0 ? {} : { runs }), ...rest } }
}

function getOutput(call: WorkspaceCall): CloudResponse {
  const { request, workspace } = call
  const { run_id: runId } = readQuery(request, getRunQuery)
  if (workspace.runs.has(runId)) {
    throw apiError(
      400,
      'INVALID_PARAMETER_VALUE',
      'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
    )
  }
  const found = findTaskRun(workspace, runId)
  if (found === undefined) throw runNotFound(runId)
  requireJobRight('view', call, found.run.jobId)
  return { status: 200, body: renderOutput(workspace, found.run, found.taskRun) }
}

function cancel(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { run_id: runId } = readBody(call.request, cancelBody)
  const run = call.workspace.runs.get(runId)
  if (run === undefined) throw runNotFound(runId)
  requireJobRight('run', call, run.jobId)
  endRun(run, state.world.clock.now(), canceledBy(call.caller.clientId))
  return done
}

function cancelAll(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { jobId } = findJobFor('run', call, readBody(call.request, cancelAllBody).job_id)
  for (const run of call.workspace.runs.values()) {
    if (run.jobId === jobId) endRun(run, state.world.clock.now(), canceledBy(call.caller.clientId))
  }
  return done
}

export function createRunRoutes(state: DatabricksState): readonly Route[] {
  const route = (
    name: string,
    method: 'GET' | 'POST',
    path: string,
    handle: (call: WorkspaceCall) => CloudResponse,
  ): Route =>
    guardRoute(state, { name, method, path: new RegExp(`^/api/2\\.2/jobs/${path}$`) }, (call) => {
      settleRuns(state, call.workspace)
      return handle(call)
    })
  return [
    route('jobs.runNow', 'POST', 'run-now', (call) => runNow(state, call)),
    route('runs.get', 'GET', 'runs/get', get),
    route('runs.list', 'GET', 'runs/list', list),
    route('runs.getOutput', 'GET', 'runs/get-output', getOutput),
    route('runs.cancel', 'POST', 'runs/cancel', (call) => cancel(state, call)),
    route('runs.cancelAll', 'POST', 'runs/cancel-all', (call) => cancelAll(state, call)),
  ]
}
