import type { LookContext, StepPlan } from '../step.ts'
import { NOTHING_TO_DO } from '../step-plans.ts'
import { scopeSectionOf } from '../steps/secret-scope.ts'
import { findPrincipalsToRemove } from '../steps/workspace-principal.ts'

/** Takes the principal's right to read the scope away. */
export async function planSecretAclRemoval(context: LookContext): Promise<StepPlan> {
  const { wish, target, workspaceUrl } = scopeSectionOf(context)
  const { scopeName } = wish
  const workspace = context.services.workspace(workspaceUrl)
  const [scopes, [principal]] = await Promise.all([
    workspace.listSecretScopes(),
    findPrincipalsToRemove(context, workspace),
  ])
  const isThere = scopes.some(({ name }) => name.toLowerCase() === scopeName.toLowerCase())
  if (!isThere || !principal) return NOTHING_TO_DO
  const permission = await workspace.getSecretAcl(scopeName, principal.applicationId)
  if (permission === null) return NOTHING_TO_DO
  return {
    changes: [{ action: 'remove', target: `${permission} on ${target}`, reason: 'offboarded' }],
    apply: async ({ guard }) => {
      guard()
      await workspace.deleteSecretAcl(scopeName, principal.applicationId)
    },
  }
}
