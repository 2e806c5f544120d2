import { toJsonNumber } from '../int64.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Outcome, Progress, Run, TaskRun, TerminationCode } from './job-state.ts'

type Rendered = Readonly<Record<string, unknown>>

function typeOf(code: TerminationCode): string {
  if (code === 'SUCCESS' || code === 'CLOUD_FAILURE' || code === 'INTERNAL_ERROR') return code
  return code === 'DRIVER_ERROR' ? 'INTERNAL_ERROR' : 'CLIENT_ERROR'
}

/** The old and the new way to say where a run is. */
function renderProgress(progress: Progress): Rendered {
  if (progress.kind !== 'ended') {
    const state = progress.kind === 'pending' ? 'PENDING' : 'RUNNING'
    const message = progress.kind === 'pending' ? 'Waiting for cluster' : 'In run'
    return {
      state: { life_cycle_state: state, state_message: message, user_cancelled_or_timedout: false },
      status: { state },
    }
  }
  const { lifeCycleState, resultState, code, message } = progress.outcome
  return {
    state: {
      life_cycle_state: lifeCycleState,
      ...(lifeCycleState === 'SKIPPED' ? {} : { result_state: resultState }),
      state_message: message,
      user_cancelled_or_timedout: resultState === 'CANCELED' || resultState === 'TIMEDOUT',
    },
    status: { state: 'TERMINATED', termination_details: { code, type: typeOf(code), message } },
  }
}

function renderTimes({ startedAt, times }: Run, progress: Progress): Rendered {
  const readyAt = startedAt + times.pendingMs
  const endedAt = progress.kind === 'ended' ? progress.at : null
  return {
    start_time: startedAt,
    setup_duration: endedAt === null ? 0 : Math.min(endedAt - startedAt, times.pendingMs),
    execution_duration: endedAt === null ? 0 : Math.max(endedAt - readyAt, 0),
    cleanup_duration: 0,
    end_time: endedAt ?? 0,
  }
}

/** What became of the whole run: the worst of its tasks, told by its key. */
function summarize({ skipped, startedAt, tasks }: Run): Progress {
  if (skipped !== null) return { kind: 'ended', at: startedAt, outcome: skipped }
  const ended = tasks.flatMap(({ task, progress }) => (progress.kind === 'ended' ? [{ task, ...progress }] : []))
  if (ended.length < tasks.length) {
    return tasks.find(({ progress }) => progress.kind === 'running')?.progress ?? { kind: 'pending' }
  }
  const at = Math.max(startedAt, ...ended.map((each) => each.at))
  const bad = ended.find(({ outcome }) => outcome.resultState !== 'SUCCESS') ?? ended[0]
  if (bad === undefined) throw new Error('a run without tasks does not start')
  return { kind: 'ended', at, outcome: summarizeOutcome(bad.task.task_key, bad.outcome) }
}

function summarizeOutcome(taskKey: string, outcome: Outcome): Outcome {
  if (outcome.resultState !== 'FAILED') return outcome
  const message = `Task ${taskKey} failed with message: ${outcome.message}. This caused all downstream tasks to get skipped.`
  return { ...outcome, lifeCycleState: 'INTERNAL_ERROR', message }
}

function pageOf({ host, orgId }: Workspace, jobId: string, runId: string): string {
  return `https://${host}/?o=${orgId}#job/${jobId}/run/${runId}`
}

function renderTaskRun(workspace: Workspace, run: Run, taskRun: TaskRun): Rendered {
  const { runId, task, progress } = taskRun
  return {
    run_id: toJsonNumber(runId),
    ...task,
    ...renderProgress(progress),
    ...renderTimes(run, progress),
    run_page_url: pageOf(workspace, run.jobId, runId),
    attempt_number: 0,
  }
}

export function renderRun(workspace: Workspace, run: Run, isExpanded: boolean): Rendered {
  const progress = summarize(run)
  const { startedAt, settings, notebookParams } = run
  const clusters = settings.job_clusters
  return {
    job_id: toJsonNumber(run.jobId),
    run_id: toJsonNumber(run.runId),
    number_in_job: toJsonNumber(run.runId),
    original_attempt_run_id: toJsonNumber(run.runId),
    creator_user_name: run.creator,
    run_name: settings.name,
    run_type: 'JOB_RUN',
    trigger: 'ONE_TIME',
    ...renderProgress(progress),
    ...renderTimes(run, progress),
    run_duration: progress.kind === 'ended' ? progress.at - startedAt : 0,
    ...(Object.keys(notebookParams).length === 0 ? {} : { overriding_parameters: { notebook_params: notebookParams } }),
    run_page_url: pageOf(workspace, run.jobId, run.runId),
    ...(isExpanded && run.tasks.length > 0
      ? { tasks: run.tasks.map((taskRun) => renderTaskRun(workspace, run, taskRun)) }
      : {}),
    ...(isExpanded && clusters !== undefined ? { job_clusters: clusters } : {}),
  }
}

/** The output of one task, with what its notebook threw. */
export function renderOutput(workspace: Workspace, run: Run, taskRun: TaskRun): Rendered {
  const { runId, task, progress } = taskRun
  const outcome = progress.kind === 'ended' ? progress.outcome : null
  const error = outcome?.error ?? (outcome?.resultState === 'FAILED' ? outcome.message : null)
  return {
    metadata: {
      job_id: toJsonNumber(run.jobId),
      run_id: toJsonNumber(runId),
      job_run_id: toJsonNumber(run.runId),
      creator_user_name: run.creator,
      run_name: task.task_key,
      run_type: 'JOB_RUN',
      ...renderProgress(progress),
      ...renderTimes(run, progress),
      run_page_url: pageOf(workspace, run.jobId, runId),
      attempt_number: 0,
    },
    ...(error === null ? { notebook_output: {} } : { error }),
    ...(outcome?.error == null ? {} : { error_trace: outcome.error }),
  }
}
