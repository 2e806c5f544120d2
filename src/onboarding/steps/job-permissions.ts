import type { DatabricksClient, DirectGrant, Grant } from '../../clients/databricks/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { canRead, decideJobPermissions, findEditors } from '../decide-job-permissions.ts'
import { jobSectionOf } from '../job-settings.ts'
import { waitForPropagation } from '../propagation.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** The principal is the job's one owner and may read its notebook; managers may manage; what others were given stays. */
export const jobPermissionsStep: Step = {
  name: 'job-permissions',
  needs: ['workspace-principal', 'job'],
  sees: ['job-permissions'],
  provides: ['job-permissions'],
  isWanted: ({ databricks }) => databricks?.job !== undefined,
  plan: async (context) => {
    const { job, workspaceUrl } = jobSectionOf(context.request)
    const workspace = context.services.workspace(workspaceUrl)
    const [seen, application, { clientId: ownClientId }] = await Promise.all([
      context.sighting('job'),
      context.sighting('application'),
      context.services.whoAmI(),
      requireManagers(workspace, job.managers),
    ])
    const applicationId = application?.clientId ?? ''
    const [onJob, onNotebook] = await Promise.all([
      seen ? workspace.getPermissions('jobs', seen.jobId) : null,
      seen?.notebookId ? workspace.getPermissions('notebooks', seen.notebookId) : null,
    ])
    const { reasons } = decideJobPermissions(onJob ?? [], { applicationId, managers: job.managers })
    const target = `job ${job.name} in ${new URL(workspaceUrl).hostname}`
    const isReadable = canRead(onNotebook ?? [], applicationId)
    const changes: Change[] = reasons.map((reason) => ({ action: 'update', target, reason }))
    if (!isReadable) changes.push({ action: 'update', target: `notebook of ${target}`, reason: 'CAN_READ missing' })
    context.see('job-permissions', { isAsWished: changes.length === 0 })
    const editors = findEditors(onNotebook ?? [], ownClientId)
    return {
      changes,
      ...(editors.length > 0 ? { refusal: explainEditors(editors, target) } : {}),
      apply: async (apply) => {
        const { jobId, notebookId } = await apply.fact('job')
        await apply.fact('workspace-principal')
        await Promise.all([
          reasons.length > 0 ? transferJob(context, workspace, jobId, onJob !== null, apply) : undefined,
          isReadable ? undefined : letRead(context, workspace, notebookId, apply),
        ])
        apply.provide('job-permissions', { jobId, managers: job.managers })
      },
    }
  },
}

async function requireManagers(workspace: DatabricksClient, managers: readonly string[]): Promise<void> {
  const found = await Promise.all(managers.map((name) => workspace.findGroup(name)))
  const issues = managers.flatMap((name, index) =>
    found[index] ? [] : [{ path: `databricks.job.managers[${index}]`, message: `there is no group "${name}"` }],
  )
  if (issues.length === 0) return
  throw new StewardError(
    'not-found',
    'A group that shall manage the job is missing in the workspace. A workspace admin can create it; then send the request again.',
    { issues },
  )
}

/** Setting replaces everything, so what is there is read once more just before; a job of our own making has only us. */
async function transferJob(
  context: PlanContext,
  workspace: DatabricksClient,
  jobId: string,
  wasThere: boolean,
  apply: ApplyContext,
): Promise<void> {
  const { job } = jobSectionOf(context.request)
  const { clientId: applicationId } = await apply.fact('application')
  const wish = { applicationId, managers: job.managers }
  const read = async (): Promise<readonly Grant[]> => (await workspace.getPermissions('jobs', jobId)) ?? []
  let isFirst = true
  await waitForPropagation({
    subject: `The ownership of job ${job.name}`,
    patience: context.patience,
    attempt: async () => {
      const { grants } = decideJobPermissions(isFirst && !wasThere ? [] : await read(), wish)
      isFirst = false
      apply.guard()
      const after = await workspace.setPermissions('jobs', jobId, grants)
      if (after === 'principal-not-there') return undefined
      return decideJobPermissions(after, wish).reasons.length === 0 ? after : undefined
    },
  })
}

async function letRead(
  context: PlanContext,
  workspace: DatabricksClient,
  notebookId: string,
  apply: ApplyContext,
): Promise<void> {
  const { clientId: name } = await apply.fact('application')
  const grant: DirectGrant = { principal: { kind: 'service-principal', name }, level: 'CAN_READ' }
  await waitForPropagation({
    subject: `CAN_READ on notebook ${notebookId}`,
    patience: context.patience,
    attempt: async () => {
      apply.guard()
      const after = await workspace.addPermissions('notebooks', notebookId, [grant])
      return after !== 'principal-not-there' && canRead(after, name) ? after : undefined
    },
  })
}

function explainEditors(editors: readonly string[], target: string): StewardError {
  return new StewardError(
    'differs',
    `The notebook of the ${target} can be changed by ${editors.join(', ')}, who could run anything as the principal. Take that right away from them (on the notebook or the folder above it), then start the onboarding again.`,
  )
}
