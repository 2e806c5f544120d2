import type { DatabricksClient, DirectGrant, Grant } from '../../clients/databricks/client.ts'
import type { StewardError } from '../../platform/errors.ts'
import { waitForPropagation } from '../../platform/propagation.ts'
import {
  canRead,
  decideJobPermissions,
  findEditors,
  findForeignManagers,
  findOwner,
  isTrustedOwner,
  type JobPermissionWish,
} from '../decide-job-permissions.ts'
import { explainEditors, explainManagers, explainOwner } from '../explain-job.ts'
import { jobSectionOf } from '../job-settings.ts'
import { requireGroups } from '../require-groups.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

const MANAGER_MISSING =
  'A group that shall manage the job is missing in the workspace. A workspace admin can create it; then send the request again.'

/** The principal is the job's one owner and may read its notebook; managers may manage; others may see and run it as before. */
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
      requireGroups(workspace, { path: 'databricks.job.managers', names: job.managers, summary: MANAGER_MISSING }),
    ])
    const applicationId = application?.clientId ?? ''
    const onNotebook = seen?.notebookId ? await workspace.getPermissions('notebooks', seen.notebookId) : null
    const wish = { applicationId, managers: job.managers, ownClientId }
    const { reasons } = decideJobPermissions(seen?.grants ?? [], wish)
    const target = `job ${job.name} in ${new URL(workspaceUrl).hostname}`
    const isReadable = canRead(onNotebook ?? [], applicationId)
    const changes: Change[] = reasons.map((reason) => ({ action: 'update', target, reason }))
    if (!isReadable) changes.push({ action: 'update', target: `notebook of ${target}`, reason: 'CAN_READ missing' })
    context.see('job-permissions', { isAsWished: changes.length === 0 })
    const refusal =
      findRiskOnJob(seen?.grants ?? [], wish, target) ?? findRiskOnNotebook(onNotebook ?? [], ownClientId, target)
    return {
      changes,
      ...(refusal ? { refusal } : {}),
      apply: async (apply) => {
        const { jobId, notebookId } = await apply.fact('job')
        await Promise.all([
          apply.fact('workspace-principal'),
          reasons.length > 0 ? requireNoEditors(context, workspace, notebookId, ownClientId, target) : undefined,
        ])
        await Promise.all([
          reasons.length > 0
            ? transferJob(context, workspace, { jobId, wasThere: seen !== null, ownClientId, target }, apply)
            : undefined,
          isReadable ? undefined : letRead(context, workspace, notebookId, apply),
        ])
        apply.provide('job-permissions', { jobId, managers: job.managers })
      },
    }
  },
}

/** Why the job, as it is, must not run as the principal. */
function findRiskOnJob(grants: readonly Grant[], wish: JobPermissionWish, target: string): StewardError | undefined {
  const managers = findForeignManagers(grants, wish)
  return managers.length > 0 ? explainManagers(managers, target) : undefined
}

function findRiskOnNotebook(grants: readonly Grant[], ownClientId: string, target: string): StewardError | undefined {
  const editors = findEditors(grants, ownClientId)
  return editors.length > 0 ? explainEditors(editors, target) : undefined
}

/** A notebook that was just made has the grants of the folder above it, which the look before could not see. */
async function requireNoEditors(
  { patience }: PlanContext,
  workspace: DatabricksClient,
  notebookId: string,
  ownClientId: string,
  target: string,
): Promise<void> {
  const grants = await waitForPropagation({
    subject: `The notebook of ${target}`,
    patience,
    attempt: async () => (await workspace.getPermissions('notebooks', notebookId)) ?? undefined,
  })
  const risk = findRiskOnNotebook(grants, ownClientId, target)
  if (risk) throw risk
}

interface Transfer {
  readonly jobId: string
  /** A job of our own making has only us. */
  readonly wasThere: boolean
  readonly ownClientId: string
  readonly target: string
}

/** Setting replaces everything, so what is there is read and judged once more just before. */
async function transferJob(
  context: PlanContext,
  workspace: DatabricksClient,
  { jobId, wasThere, ownClientId, target }: Transfer,
  apply: ApplyContext,
): Promise<void> {
  const { job } = jobSectionOf(context.request)
  const { clientId: applicationId } = await apply.fact('application')
  const wish = { applicationId, managers: job.managers, ownClientId }
  const readGrants = async (): Promise<readonly Grant[]> => {
    const grants = (await workspace.getPermissions('jobs', jobId)) ?? []
    const owner = findOwner(grants)
    if (owner && !isTrustedOwner(owner, wish)) throw explainOwner(`${owner.kind} ${owner.name}`, target)
    const risk = findRiskOnJob(grants, wish, target)
    if (risk) throw risk
    return grants
  }
  let isFirst = true
  await waitForPropagation({
    subject: `The ownership of job ${job.name}`,
    patience: context.patience,
    attempt: async () => {
      const { grants } = decideJobPermissions(isFirst && !wasThere ? [] : await readGrants(), wish)
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
