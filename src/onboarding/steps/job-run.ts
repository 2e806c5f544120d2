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
    const [latest = null] = seen ? await workspace.listRuns(seen.jobId, 1) : []
    const decision = decideJobRun({ job: seen, latest })
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
                decision.kind === 'wait' ? decision.run.runId : await startRun(workspace, apply),
              )
        apply.provide('job-run', { runId: run.runId, url: run.pageUrl, result: run.result ?? run.state })
      },
    }
  },
}

/** Everything that the run needs is there; the token makes Databricks answer a repetition with the same run. */
async function startRun(workspace: DatabricksClient, apply: ApplyContext): Promise<string> {
  const [{ jobId }] = await Promise.all([
    apply.fact('job'),
    apply.fact('job-permissions'),
    apply.fact('secret-acl'),
    apply.fact('secret-copy'),
    apply.fact('client-secret'),
    apply.fact('workspace-access'),
  ])
  apply.guard()
  return workspace.runJob(jobId, `steward-${apply.onboardingId}`)
}

/** Throws `in-progress` while the run goes on, for the queue to come back to it, and `run-failed` when it ended badly. */
async function waitForRun({ patience }: PlanContext, workspace: DatabricksClient, runId: string): Promise<Run> {
  const { time } = patience
  const until = Math.min(patience.deadline, time.elapsed() + LOOK_MS)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const run = await workspace.getRun(runId)
    if (!run) throw new StewardError('run-failed', `Run ${runId} was deleted by somebody: start the onboarding again.`)
    if (run.isEnded) return judge(workspace, run)
    if (time.now() - run.startedAt.getTime() > STUCK_MS) {
      throw new StewardError(
        'run-failed',
        `Run ${runId} has not ended long after its time limit: cancel it, then start the onboarding again.`,
      )
    }
    if (time.elapsed() + pauseMs > until || patience.shouldStop?.() === true) {
      throw new StewardError('in-progress', `Run ${runId} is ${run.state}; Steward looks again.`, {
        retryAfterMs: COME_BACK_MS,
      })
    }
    await time.sleep(pauseMs)
  }
}

async function judge(workspace: DatabricksClient, run: Run): Promise<Run> {
  if (isGood(run)) return run
  const errors = await Promise.all(run.taskRunIds.map((taskRunId) => workspace.getRunError(taskRunId)))
  throw new StewardError('run-failed', explainRun(run, errors.find((error) => error !== null) ?? null), {
    data: { runId: run.runId, result: run.result },
  })
}
