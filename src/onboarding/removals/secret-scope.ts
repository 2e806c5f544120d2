import { StewardError } from '../../platform/errors.ts'
import { decideSecretScope } from '../decide-secret-scope.ts'
import { copiesOf } from '../scope-copies.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { NOTHING_TO_DO, refuse } from '../step-plans.ts'
import { explainDifference, lookForOthers, scopeSectionOf } from '../steps/secret-scope.ts'
import { findPrincipalsToRemove } from '../steps/workspace-principal.ts'

/** Deletes the scope; the vault behind one stays as it is, and so does a scope in which others keep secrets. */
export async function planSecretScopeRemoval(context: LookContext): Promise<StepPlan> {
  const section = scopeSectionOf(context)
  const { wish, target, workspaceUrl } = section
  const { scopeName } = wish
  const workspace = context.services.workspace(workspaceUrl)
  const decision = decideSecretScope(wish, await workspace.listSecretScopes())
  if (decision.kind === 'create') return NOTHING_TO_DO
  if (decision.kind === 'refuse') {
    return refuse(explainDifference(decision.found, target))
  }
  const [principal] = await findPrincipalsToRemove(context, workspace)
  const others = await lookForOthers(context, workspace, section, principal?.applicationId)
  if (others) return refuse(others)
  const keys = wish.vault === null ? await workspace.listSecretKeys(scopeName) : []
  const copied = new Set(copiesOf(context.request).map(({ secretName }) => secretName))
  const foreign = keys.filter((key) => !copied.has(key))
  if (foreign.length > 0) {
    const refusal = new StewardError(
      'not-ours',
      `The ${target} holds secrets that this request does not name (${foreign.join(', ')}). Name them or move them elsewhere, then start the offboarding again.`,
    )
    return refuse(refusal)
  }
  return {
    changes: [{ action: 'remove', target, reason: 'offboarded' }],
    apply: async ({ guard }) => {
      guard()
      await workspace.deleteSecretScope(scopeName)
    },
  }
}
