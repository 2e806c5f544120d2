import { StewardError } from '../../platform/errors.ts'
import { decideSecretScope } from '../decide-secret-scope.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { explainDifference, scopeSectionOf } from '../steps/secret-scope.ts'
import { NOTHING_TO_REMOVE } from './nothing.ts'

/** Deletes the scope; the vault behind one stays as it is, and so does a scope in which others keep secrets. */
export async function planSecretScopeRemoval(context: LookContext): Promise<StepPlan> {
  const { wish, target, workspaceUrl } = scopeSectionOf(context)
  const { scopeName } = wish
  const workspace = context.services.workspace(workspaceUrl)
  const decision = decideSecretScope(wish, await workspace.listSecretScopes())
  if (decision.kind === 'create') return NOTHING_TO_REMOVE
  if (decision.kind === 'refuse') {
    return { ...NOTHING_TO_REMOVE, refusal: explainDifference(decision.found, target) }
  }
  const keys = wish.vault === null ? await workspace.listSecretKeys(scopeName) : []
  const foreign = keys.filter((key) => key !== context.request.clientSecret?.secretName)
  if (foreign.length > 0) {
    const refusal = new StewardError(
      'not-ours',
      `The ${target} holds secrets that Steward did not put there (${foreign.join(', ')}). Move them elsewhere, then start the offboarding again.`,
    )
    return { ...NOTHING_TO_REMOVE, refusal }
  }
  return {
    changes: [{ action: 'remove', target, reason: 'offboarded' }],
    apply: async ({ guard }) => {
      guard()
      await workspace.deleteSecretScope(scopeName)
    },
  }
}
