import type { DatabricksClient, JobSettings } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { lookAgain } from '../../platform/outcomes.ts'
import { claimJobs } from '../claim-jobs.ts'
import { createUnkeyed } from '../create-once.ts'
import { decideJob, isOwnedBySteward, type JobDecision, type JobState } from '../decide-job.ts'
import { findOwner } from '../decide-job-permissions.ts'
import { explainJobRefusal } from '../explain-job.ts'
import { applyNotebook, explainNotebook, lookAtNotebook } from '../job-notebook.ts'
import { describeJob, jobSectionOf } from '../job-settings.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** The notebook, and a job that runs it on a cluster with the five Spark settings. */
export const jobStep: Step = {
  name: 'job',
  needs: ['application'],
  sees: ['job'],
  provides: ['job'],
  isWanted: ({ databricks }) => databricks?.job !== undefined,
  plan: async (context) => {
    const section = jobSectionOf(context.request)
    const workspace = context.services.workspace(section.workspaceUrl)
    const [notebook, state] = await Promise.all([lookAtNotebook(context, workspace), lookAtJobs(context, workspace)])
    // Without a principal there is no client id to compare, and what is there has another.
    const decision = decide(context, { ...state, applicationId: await findApplicationId(context) })
    const isNotebookAsWished = notebook.state === 'as-wished'
    context.see(
      'job',
      decision.kind === 'keep'
        ? {
            jobId: decision.job.jobId,
            notebookId: notebook.objectId,
            grants: decision.grants,
            isAsWished: decision.differences.length === 0 && isNotebookAsWished,
          }
        : null,
    )
    const host = new URL(section.workspaceUrl).hostname
    const target = `job ${section.job.name} in ${host}`
    const changes: Change[] = []
    if (!isNotebookAsWished) {
      changes.push({
        action: notebook.state === 'missing' ? 'create' : 'update',
        target: `notebook ${notebook.path} in ${host}`,
        reason: notebook.state === 'missing' ? 'missing' : 'its source was changed',
      })
    }
    changes.push(...listJobChanges(decision, target))
    const refusal =
      explainNotebook(notebook, host) ?? (decision.kind === 'refuse' ? explainJobRefusal(decision, target) : undefined)
    return {
      changes,
      ...(refusal ? { refusal } : {}),
      apply: async (apply) => {
        const [notebookId, jobId] = await Promise.all([
          applyNotebook(context, workspace, notebook, apply),
          applyJob(context, workspace, state, apply),
        ])
        const url = `${section.workspaceUrl}/#job/${jobId}`
        apply.provide('job', { jobId, notebookId, notebookPath: notebook.path, url })
      },
    }
  },
}

type JobSight = Omit<JobState, 'applicationId'>

async function lookAtJobs(context: PlanContext, workspace: DatabricksClient): Promise<JobSight> {
  const { job } = jobSectionOf(context.request)
  const [found, { clientId: ownClientId }] = await Promise.all([
    workspace.listJobs(job.name),
    context.services.whoAmI(),
  ])
  const claim = claimJobs(context.owner, found, ownClientId)
  const holdings = await Promise.all(
    (claim.kind === 'marked' ? claim.jobs : []).map(async ({ jobId }) => {
      const [grants, runAs] = await Promise.all([workspace.getPermissions('jobs', jobId), workspace.getRunAs(jobId)])
      if (grants === null) throw lookAgain(`Job ${jobId}, or that it is gone,`)
      return [jobId, { grants, runAs }] as const
    }),
  )
  return { found, holdings: new Map(holdings), ownClientId }
}

/** Of the application; of the principal that bears our mark while the application is gone, and may come back. */
async function findApplicationId(context: PlanContext): Promise<string | null> {
  const application = await context.sighting('application')
  return application?.clientId ?? (await context.sighting('workspace-principal'))?.applicationId ?? null
}

function decide(context: PlanContext, state: JobState): JobDecision {
  const section = jobSectionOf(context.request)
  return decideJob(context.owner, describeJob({ ...context, section, clientId: state.applicationId ?? '' }), state)
}

function listJobChanges(decision: JobDecision, target: string): Change[] {
  if (decision.kind === 'refuse') return []
  if (decision.kind === 'create') return [{ action: 'create', target, reason: 'missing' }]
  const { differences, duplicates } = decision
  return [
    ...(differences.length > 0
      ? [{ action: 'update' as const, target, reason: `not as wished: ${differences.join(', ')}` }]
      : []),
    ...duplicates.map(({ jobId }) => ({
      action: 'remove' as const,
      target: `job ${jobId}`,
      reason: `second ${target}: made by a call whose answer was lost`,
    })),
  ]
}

/** Decides once more: only now is it known for sure whose job it is to be. */
async function applyJob(
  context: PlanContext,
  workspace: DatabricksClient,
  sight: JobSight,
  apply: ApplyContext,
): Promise<string> {
  const { clientId } = await apply.fact('application')
  const section = jobSectionOf(context.request)
  const decision = decide(context, { ...sight, applicationId: clientId })
  if (decision.kind === 'refuse') throw explainJobRefusal(decision, `job ${section.job.name}`)
  const wish = describeJob({ ...context, section, clientId })
  if (decision.kind === 'create') return createJob(context, workspace, wish, clientId, apply)
  const { job, differences, fieldsToRemove, duplicates } = decision
  if (differences.length > 0) {
    apply.guard()
    if ((await workspace.updateJob(job.jobId, wish, fieldsToRemove)) === 'missing') {
      throw new StewardError('not-propagated', `The job ${job.jobId} was deleted just now; Steward looks again.`)
    }
  }
  for (const { jobId } of duplicates) {
    const grants = (await workspace.getPermissions('jobs', jobId)) ?? []
    if (!isOwnedBySteward(findOwner(grants), sight.ownClientId)) continue
    apply.guard()
    await workspace.deleteJob(jobId)
  }
  return job.jobId
}

/** Databricks gives every job a new id and minds no name that is there twice. */
function createJob(
  context: PlanContext,
  workspace: DatabricksClient,
  wish: JobSettings,
  applicationId: string,
  { guard, intents }: ApplyContext,
): Promise<string> {
  const { workspaceUrl } = jobSectionOf(context.request)
  return createUnkeyed({
    intent: `create-job/${workspaceUrl}/${wish.name}`,
    create: () => workspace.createJob(wish),
    find: async () => {
      const decision = decide(context, { ...(await lookAtJobs(context, workspace)), applicationId })
      return decision.kind === 'keep' ? decision.job.jobId : undefined
    },
    subject: `Job ${wish.name} in ${new URL(workspaceUrl).hostname}`,
    patience: context.patience,
    guard,
    intents,
  })
}
