import type { DatabricksClient, Run } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { decideJobRun, explainRun, isGood, isSkipped } from '../decide-job-run.ts'
import { describeOther, describeWait, explainBusyJob, STUCK_MS } from '../explain-run.ts'
import { jobSectionOf } from '../job-settings.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** A run is looked at this long before the queue goes on with it: clusters take minutes to start. */
const LOOK_MS = 20_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000
/** A run that Databricks skips is asked for again this often. */
const MAX_ASKS = 5

/** Newer runs that were skipped hide the one that goes on. */
const NEWEST_RUNS = 25

/** Intent: that Databricks was asked for a run, and how often. */
const asked = (count: number): string => `run-job-asked-${count}`

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
      isBegun: context.begunSteps.includes('job-run'),
      isAskedFor: context.onlyStep === 'job-run',
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
            : decision.kind === 'wait'
              ? await waitForOther(context, workspace, decision.run)
              : await runJob(context, workspace, seen !== null, apply)
        apply.provide('job-run', { runId: run.runId, url: run.pageUrl, result: run.result ?? run.state })
      },
    }
  },
}

/** Runs the job once everything that the run needs is there; `in-progress` when it has to be asked for once more. */
async function runJob(
  context: PlanContext,
  workspace: DatabricksClient,
  mayHaveRun: boolean,
  { fact, guard, intents, onboardingId }: ApplyContext,
): Promise<Run> {
  const [{ jobId }] = await Promise.all([
    fact('job'),
    fact('job-permissions'),
    fact('secret-acl'),
    fact('secret-copy'),
    fact('client-secret'),
    fact('workspace-access'),
  ])
  // The token makes Databricks answer a repetition with the same run, also with one that it skipped.
  const ask = async (count: number): Promise<Run> => {
    guard()
    const token = count === 1 ? `steward-${onboardingId}` : `steward-${onboardingId}-${count}`
    return waitForRun(context, workspace, await workspace.runJob(jobId, token))
  }
  let count = countAsks(intents)
  if (count > 0) {
    const run = await ask(count)
    if (!isSkipped(run)) return judge(workspace, run)
    if (count >= MAX_ASKS) throw explainBusyJob(run)
  }
  // The job runs once at a time, and Databricks skips what comes meanwhile.
  const others = mayHaveRun ? await workspace.listRuns(jobId, NEWEST_RUNS) : []
  const other = others.find(({ isEnded }) => !isEnded)
  if (other) throw describeOther(other, context.begunAt, context.patience.time.now())
  count += 1
  await intents.write(asked(count))
  const run = await ask(count)
  if (!isSkipped(run)) return judge(workspace, run)
  throw describeOther(run, context.begunAt, context.patience.time.now())
}

function countAsks(intents: ApplyContext['intents']): number {
  let count = 0
  while (intents.has(asked(count + 1))) count += 1
  return count
}

/** Waits for a run that somebody else began, with everything as it stays. */
async function waitForOther(context: PlanContext, workspace: DatabricksClient, other: Run): Promise<Run> {
  try {
    return await judge(workspace, await waitForRun(context, workspace, other.runId))
  } catch (error) {
    throw error instanceof StewardError && error.code === 'in-progress'
      ? describeOther(other, context.begunAt, context.patience.time.now())
      : error
  }
}

/** Gives the run once it has ended, however; throws `in-progress` while it goes on, for the queue to come back to it. */
async function waitForRun({ patience }: PlanContext, workspace: DatabricksClient, runId: string): Promise<Run> {
  const { time } = patience
  const until = Math.min(patience.deadline, time.elapsed() + LOOK_MS)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const run = await workspace.getRun(runId)
    if (!run) throw new StewardError('run-failed', `Run ${runId} was deleted by somebody: start the onboarding again.`)
    if (run.isEnded) return run
    const isStuck = time.now() - run.startedAt.getTime() > STUCK_MS
    if (isStuck || time.elapsed() + pauseMs > until || patience.shouldStop?.() === true) {
      throw describeWait(run, time.now())
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
