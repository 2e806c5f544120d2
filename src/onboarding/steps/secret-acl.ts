import type { DatabricksClient } from '../../clients/databricks/client.ts'
import { waitForPropagation } from '../../platform/propagation.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'
import { scopeSectionOf } from './secret-scope.ts'

/** Databricks answers some puts without applying them, for minutes at times. */
const ACL_BOUND_MS = 45_000

/** The principal may read the scope: put, read back, compared; then the scope is listed, which shows that its vault answers. */
export const secretAclStep: Step = {
  name: 'secret-acl',
  needs: ['workspace-principal', 'secret-scope'],
  sees: ['secret-acl'],
  provides: ['secret-acl'],
  isWanted: ({ databricks }) => databricks?.secretScope !== undefined,
  plan: async (context) => {
    const { workspaceUrl, target, scope } = scopeSectionOf(context)
    const workspace = context.services.workspace(workspaceUrl)
    const [seen, principal] = await Promise.all([
      context.sighting('secret-scope'),
      context.sighting('workspace-principal'),
    ])
    const current = seen && principal ? await workspace.getSecretAcl(seen.scopeName, principal.applicationId) : null
    const changes: Change[] =
      current === scope.permission
        ? []
        : [{ action: 'update', target, reason: `${scope.permission} of the principal missing` }]
    context.see('secret-acl', { isAsWished: changes.length === 0 })
    return { changes, apply: (apply) => applyAcl(context, workspace, changes.length > 0, apply) }
  },
}

async function applyAcl(
  context: PlanContext,
  workspace: DatabricksClient,
  isMissing: boolean,
  apply: ApplyContext,
): Promise<void> {
  const { scope, target } = scopeSectionOf(context)
  const { permission } = scope
  const [{ scopeName }, { applicationId }] = await Promise.all([
    apply.fact('secret-scope'),
    apply.fact('workspace-principal'),
  ])
  if (isMissing) {
    await waitForPropagation({
      subject: `${permission} on the ${target}`,
      patience: context.patience,
      boundMs: ACL_BOUND_MS,
      attempt: async () => {
        apply.guard()
        // A principal that was added just now is not known to this service at once.
        if ((await workspace.putSecretAcl(scopeName, applicationId, permission)) !== 'put') return undefined
        const applied = await workspace.getSecretAcl(scopeName, applicationId)
        return applied === permission ? applied : undefined
      },
    })
    await workspace.listSecretKeys(scopeName)
  }
  apply.provide('secret-acl', { scopeName, permission })
}
