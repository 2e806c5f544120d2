import type { DatabricksState } from '../guard.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Outcome, Run, TaskRun } from './job-state.ts'
import { timedOut } from './outcomes.ts'
import { startCluster } from './start-cluster.ts'

export function isEnded({ skipped, tasks }: Run): boolean {
  return skipped !== null || tasks.every(({ progress }) => progress.kind === 'ended')
}

/** Milliseconds since the epoch at which the service stops a task that still goes on. */
function deadlineOf(run: Run, { task }: TaskRun): number {
  const limits = [run.settings.timeout_seconds, task.timeout_seconds].filter((seconds) => seconds > 0)
  return run.startedAt + Math.min(...limits) * 1000
}

function settleTask(state: DatabricksState, workspace: Workspace, run: Run, taskRun: TaskRun): void {
  const now = state.world.clock.now()
  const deadline = deadlineOf(run, taskRun)
  const readyAt = run.startedAt + run.times.pendingMs
  if (taskRun.progress.kind === 'pending' && readyAt <= Math.min(now, deadline)) {
    const { outcome, secrets } = startCluster(state, workspace, run, taskRun)
    taskRun.resolvedSecrets = secrets
    const isOver = outcome.lifeCycleState === 'INTERNAL_ERROR'
    taskRun.progress = isOver ? { kind: 'ended', at: readyAt, outcome } : { kind: 'running', outcome }
  }
  const { progress } = taskRun
  if (progress.kind === 'ended') return
  const finish = readyAt + run.times.runningMs
  if (progress.kind === 'running' && finish <= Math.min(now, deadline)) {
    taskRun.progress = { kind: 'ended', at: finish, outcome: progress.outcome }
  } else if (deadline <= now) {
    taskRun.progress = { kind: 'ended', at: deadline, outcome: timedOut }
  }
}

/** Brings runs to where they are by now: nothing happens to them between two looks. */
export function settleRuns(state: DatabricksState, workspace: Workspace): void {
  for (const run of workspace.runs.values()) {
    for (const taskRun of run.tasks) settleTask(state, workspace, run, taskRun)
  }
}

/** Ends what of a run still goes on. */
export function endRun({ tasks }: Run, at: number, outcome: Outcome): void {
  for (const taskRun of tasks) {
    if (taskRun.progress.kind !== 'ended') taskRun.progress = { kind: 'ended', at, outcome }
  }
}
