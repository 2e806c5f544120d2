import type { DatabricksClient, Run } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { decideJobRun, explainRun, isGood } from '../decide-job-run.ts'
import { jobSectionOf, RUN_TIMEOUT_SECONDS } from '../job-settings.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** A run is looked at this long before the queue goes on with it: clusters take minutes to start. */
const LOOK_MS = 20_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000
/** How long the queue leaves a run alone. */
const COME_BACK_MS = 15_000
/** Databricks ends a run after its own limit; one that goes on far longer is stuck. */
const STUCK_MS = (RUN_TIMEOUT_SECONDS + 1800) * 1000

/** Intents: that this onboarding wants a run of its own, and that Databricks was asked for it. */
const MUST_RUN = 'run-job'
const ASKED = 'run-job-asked'

/** The job ran as the principal and succeeded. */
export const jobRunStep: Step = {
  name: 'job-run',
  needs: ['client-secret', 'workspace-principal', 'secret-scope', 'secret-acl', 'job-permissions'],
  sees: [],
  provides: ['job-run'],
  isWanted: ({ databricks }) => databricks?.job?.run === true,
  plan: async (context) => {
    const { job, workspaceUrl } = jobSectionOf(context.request)
    const workspace = context.services.workspace(workspaceUrl)
    const seen = await context.sighting('job')
    const [[latest = null], ...foundations] = await Promise.all([
      seen ? workspace.listRuns(seen.jobId, 1) : [],
      context.sighting('client-secret'),
      context.sighting('secret-acl'),
      context.sighting('job-permissions'),
    ])
    const [secret, ...rights] = foundations
    const isAsBefore = seen?.isAsWished === true && secret !== null && rights.every((right) => right?.isAsWished)
    const decision = decideJobRun({
      isThere: seen !== null,
      isAsBefore,
      isBegun: context.intents.includes(MUST_RUN),
      latest,
    })
    const target = `job ${job.name} in ${new URL(workspaceUrl).hostname}`
    const changes: Change[] =
      decision.kind === 'run' ? [{ action: 'create', target: `run of ${target}`, reason: decision.reason }] : []
    return {
      changes,
      apply: async (apply) => {
        const run =
          decision.kind === 'keep'
            ? decision.run
            : await waitForRun(
                context,
                workspace,
                decision.kind === 'wait'
                  ? decision.run.runId
                  : await startRun(context, workspace, seen !== null, apply),
              )
        apply.provide('job-run', { runId: run.runId, url: run.pageUrl, result: run.result ?? run.state })
      },
    }
  },
}

/** Everything that the run needs is there; the token makes Databricks answer a repetition with the same run. */
async function startRun(
  { patience: { time } }: PlanContext,
  workspace: DatabricksClient,
  mayHaveRun: boolean,
  { fact, guard, intents, onboardingId }: ApplyContext,
): Promise<string> {
  if (!intents.has(MUST_RUN)) await intents.write(MUST_RUN)
  const [{ jobId }] = await Promise.all([
    fact('job'),
    fact('job-permissions'),
    fact('secret-acl'),
    fact('secret-copy'),
    fact('client-secret'),
    fact('workspace-access'),
  ])
  if (!intents.has(ASKED)) {
    // The job runs once at a time, and Databricks skips what comes meanwhile.
    const [other] = mayHaveRun ? await workspace.listRuns(jobId, 1) : []
    if (other && !other.isEnded) throw describeWait(other, time.now())
    await intents.write(ASKED)
  }
  guard()
  return workspace.runJob(jobId, `steward-${onboardingId}`)
}

/** Throws `in-progress` while the run goes on, for the queue to come back to it, and `run-failed` when it ended badly. */
async function waitForRun({ patience }: PlanContext, workspace: DatabricksClient, runId: string): Promise<Run> {
  const { time } = patience
  const until = Math.min(patience.deadline, time.elapsed() + LOOK_MS)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const run = await workspace.getRun(runId)
    if (!run) throw new StewardError('run-failed', `Run ${runId} was deleted by somebody: start the onboarding again.`)
    if (run.isEnded) return judge(workspace, run)
    const isStuck = time.now() - run.startedAt.getTime() > STUCK_MS
    if (isStuck || time.elapsed() + pauseMs > until || patience.shouldStop?.() === true) {
      throw describeWait(run, time.now())
    }
    await time.sleep(pauseMs)
  }
}

/** Why the run is not waited for any longer in this invocation, or at all. */
function describeWait({ runId, state, startedAt }: Run, now: number): StewardError {
  return now - startedAt.getTime() > STUCK_MS
    ? new StewardError(
        'run-failed',
        `Run ${runId} has not ended long after its time limit: cancel it, then start the onboarding again.`,
      )
    : new StewardError('in-progress', `Run ${runId} is ${state}; Steward looks again.`, { retryAfterMs: COME_BACK_MS })
}

async function judge(workspace: DatabricksClient, run: Run): Promise<Run> {
  if (isGood(run)) return run
  const errors = await Promise.all(run.taskRunIds.map((taskRunId) => workspace.getRunError(taskRunId)))
  throw new StewardError('run-failed', explainRun(run, errors.find((error) => error !== null) ?? null), {
    data: { runId: run.runId, result: run.result },
  })
}
