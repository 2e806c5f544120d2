import type { DatabricksClient, JobSettings } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { createUnkeyed } from '../create-once.ts'
import { decideJob, type JobDecision } from '../decide-job.ts'
import { describeJob, isSameSource, jobSectionOf, notebookPathOf, writeNotebook } from '../job-settings.ts'
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
    const [notebook, decision] = await Promise.all([lookAtNotebook(context, workspace), lookAtJob(context, workspace)])
    const isNotebookAsWished = notebook.state === 'as-wished'
    context.see(
      'job',
      decision.kind === 'keep'
        ? {
            jobId: decision.job.jobId,
            notebookId: notebook.objectId,
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
    const refusal = explainNotebook(notebook, host) ?? explainRefusal(decision, target)
    return {
      changes,
      ...(refusal ? { refusal } : {}),
      apply: async (apply) => {
        const [notebookId, jobId] = await Promise.all([
          applyNotebook(context, workspace, notebook, apply),
          applyJob(context, workspace, decision, apply),
        ])
        const url = `${section.workspaceUrl}/#job/${jobId}`
        apply.provide('job', { jobId, notebookId, notebookPath: notebook.path, url })
      },
    }
  },
}

interface NotebookState {
  readonly path: string
  readonly state: 'missing' | 'as-wished' | 'changed' | 'no-notebook'
  readonly objectId: string | null
}

async function lookAtNotebook(context: PlanContext, workspace: DatabricksClient): Promise<NotebookState> {
  const { request, config, owner, cloud } = context
  const section = jobSectionOf(request)
  const path = notebookPathOf(config, owner, section)
  const found = await workspace.getObjectStatus(path)
  if (!found) return { path, state: 'missing', objectId: null }
  const { objectId, kind, language } = found
  if (kind !== 'notebook') return { path, state: 'no-notebook', objectId }
  const source = await workspace.exportNotebook(path)
  const isSame = language === 'SQL' && source !== null && isSameSource(source, writeNotebook(section, cloud))
  return { path, state: isSame ? 'as-wished' : 'changed', objectId }
}

async function lookAtJob(context: PlanContext, workspace: DatabricksClient): Promise<JobDecision> {
  const section = jobSectionOf(context.request)
  const [found, application, { clientId: ownClientId }] = await Promise.all([
    workspace.listJobs(section.job.name),
    context.sighting('application'),
    context.services.whoAmI(),
  ])
  // Without an application there is no client id to compare, and what is there has another.
  const wish = describeJob({ ...context, section, clientId: application?.clientId ?? '' })
  return decideJob(context.owner, wish, { found, ownClientId })
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

async function applyNotebook(
  context: PlanContext,
  workspace: DatabricksClient,
  { path, state, objectId }: NotebookState,
  { guard }: ApplyContext,
): Promise<string> {
  if (state === 'as-wished' && objectId !== null) return objectId
  const source = writeNotebook(jobSectionOf(context.request), context.cloud)
  guard()
  await workspace.makeDirectories(path.slice(0, path.lastIndexOf('/')))
  guard()
  // It is in our folder, so it is ours to write over: a run that was killed may have left it there.
  await workspace.importNotebook(path, { language: 'SQL', source, overwrite: true })
  const made = await workspace.getObjectStatus(path)
  if (made) return made.objectId
  throw new StewardError('not-propagated', `The notebook ${path} was made but is not shown yet; Steward looks again.`)
}

async function applyJob(
  context: PlanContext,
  workspace: DatabricksClient,
  decision: JobDecision,
  apply: ApplyContext,
): Promise<string> {
  if (decision.kind === 'refuse') throw explainRefusal(decision, 'job')
  const { clientId } = await apply.fact('application')
  const section = jobSectionOf(context.request)
  const wish = describeJob({ ...context, section, clientId })
  if (decision.kind === 'create') return createJob(context, workspace, wish, apply)
  const { job, differences, duplicates } = decision
  if (differences.length > 0) {
    apply.guard()
    const foreignTasks = job.settings.tasks.map(({ key }) => key).filter((key) => key !== wish.task.key)
    if ((await workspace.updateJob(job.jobId, wish, foreignTasks)) === 'missing') {
      throw new StewardError('not-propagated', `The job ${job.jobId} was deleted just now; Steward looks again.`)
    }
  }
  for (const { jobId } of duplicates) {
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
  { guard, intents }: ApplyContext,
): Promise<string> {
  const { workspaceUrl } = jobSectionOf(context.request)
  return createUnkeyed({
    intent: `create-job/${workspaceUrl}/${wish.name}`,
    create: () => workspace.createJob(wish),
    find: async () => {
      const [found, { clientId: ownClientId }] = await Promise.all([
        workspace.listJobs(wish.name),
        context.services.whoAmI(),
      ])
      const decision = decideJob(context.owner, wish, { found, ownClientId })
      return decision.kind === 'keep' ? decision.job.jobId : undefined
    },
    subject: `Job ${wish.name} in ${new URL(workspaceUrl).hostname}`,
    patience: context.patience,
    guard,
    intents,
  })
}

function explainNotebook({ path, state }: NotebookState, host: string): StewardError | undefined {
  if (state !== 'no-notebook') return undefined
  return new StewardError(
    'differs',
    `${path} in ${host} is there, but is no notebook. Have a workspace admin move it away, or choose another name for the job.`,
  )
}

export function explainRefusal(decision: JobDecision, target: string): StewardError | undefined {
  if (decision.kind !== 'refuse') return undefined
  const { job } = decision
  const data = { jobId: job.jobId }
  if (decision.reason === 'belongs-to-another') {
    return new StewardError(
      'belongs-to-another',
      `The ${target} (id ${job.jobId}) belongs to the onboarding "${decision.belongsTo}". Choose another name for the job.`,
      { data },
    )
  }
  return new StewardError(
    'not-ours',
    `The ${target} (id ${job.jobId}) is there already and Steward did not make it. Choose another name for the job, or have a workspace admin rename that one.`,
    { data },
  )
}
