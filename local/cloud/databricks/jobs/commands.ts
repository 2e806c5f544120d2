import { z } from 'zod'
import type { DatabricksState } from '../guard.ts'
import { findOwner } from '../permissions/grants.ts'
import type { Workspace } from '../workspace-state.ts'
import { terminationCodes } from './job-state.ts'
import { settleRuns } from './settle-run.ts'

const runTimes = z.strictObject({ pendingMs: z.number().nonnegative(), runningMs: z.number().nonnegative() })

const failRuns = z
  .strictObject({ workspace: z.string().optional(), code: z.enum(terminationCodes), message: z.string() })
  .nullable()

/** From now on runs take this long, in every workspace. */
export function setRunTimes(state: DatabricksState, input: unknown): void {
  const times = runTimes.parse(input)
  for (const workspace of state.workspaces.values()) workspace.runTimes = times
}

/** Runs that start from now on end like this before their notebook begins; null ends that, in every workspace. */
export function setRunFailure(
  state: DatabricksState,
  input: unknown,
  find: (name: string | undefined) => Workspace,
): void {
  const failure = failRuns.parse(input)
  if (failure === null) {
    for (const workspace of state.workspaces.values()) workspace.runFailure = null
  } else {
    find(failure.workspace).runFailure = { code: failure.code, message: failure.message }
  }
}

/** Jobs and their runs as they are by now, with what is not on the wire. */
export function describeJobs(state: DatabricksState, workspace: Workspace): Readonly<Record<string, unknown>> {
  settleRuns(state, workspace)
  return {
    jobs: [...workspace.jobs.values()].map(({ jobId, creator, settings }) => ({
      jobId,
      creator,
      owner: findOwner(workspace, jobId),
      settings,
    })),
    runs: [...workspace.runs.values()].map(({ runId, jobId, creator, skipped, tasks }) => ({
      runId,
      jobId,
      creator,
      skipped,
      tasks: tasks.map(({ runId: taskRunId, task, progress, resolvedSecrets }) => ({
        runId: taskRunId,
        taskKey: task.task_key,
        progress,
        resolvedSecrets,
      })),
    })),
  }
}
