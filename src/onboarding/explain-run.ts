import type { Run } from '../clients/databricks/client.ts'
import { StewardError } from '../platform/errors.ts'
import { RUN_TIMEOUT_SECONDS } from './job-settings.ts'

/** Databricks ends a run after its own limit; one that goes on far longer is stuck. */
export const STUCK_MS = (RUN_TIMEOUT_SECONDS + 1800) * 1000
/** Runs of others are waited for this long, all together: some jobs always run. */
const OTHERS_MS = STUCK_MS
/** How long the queue leaves a run alone. */
const COME_BACK_MS = 15_000

/** Why the run is not waited for any longer in this invocation, or at all. */
export function describeWait({ runId, state, startedAt }: Run, now: number): StewardError {
  return now - startedAt.getTime() > STUCK_MS
    ? new StewardError(
        'run-failed',
        `Run ${runId} has not ended long after its time limit: cancel it, then start the onboarding again.`,
      )
    : new StewardError('in-progress', `Run ${runId} is ${state}; Steward looks again.`, { retryAfterMs: COME_BACK_MS })
}

/** Why a run of somebody else is in the way: for now, or for longer than anybody should wait. */
export function describeOther(run: Run, begunAt: Date | null, now: number): StewardError {
  const waitedMs = begunAt === null ? 0 : now - begunAt.getTime()
  return waitedMs > OTHERS_MS ? explainBusyJob(run) : describeWait(run, now)
}

export function explainBusyJob({ runId }: Run): StewardError {
  return new StewardError(
    'run-failed',
    `The job is run by others all the time (run ${runId} was the last), so Steward could not run it. Pause its schedule and cancel its runs, then start the onboarding again.`,
  )
}
