import { StewardError } from '../../platform/errors.ts'
import { isStewardExternalId, principalExternalId } from '../../trust/marks.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { NOTHING_TO_DO, refuse } from '../step-plans.ts'
import { findPrincipalsToRemove, workspaceSectionOf } from '../steps/workspace-principal.ts'

/**
 * Takes the principal out of the workspace, and so out of its groups and rights. One that is adopted stays: Steward did
 * not make it, so only its mark is taken off.
 */
export async function planWorkspacePrincipalRemoval(context: LookContext): Promise<StepPlan> {
  const { request, owner, services } = context
  const section = workspaceSectionOf(request)
  const workspace = services.workspace(section.workspace)
  const found = await findPrincipalsToRemove(context, workspace)
  const mark = principalExternalId(owner)
  const principal = found.find(({ externalId }) => externalId === mark) ?? found[0] ?? null
  if (!principal) return NOTHING_TO_DO
  const target = `service principal ${principal.displayName} in ${new URL(section.workspace).hostname}`
  const { principalId, externalId } = principal
  if (externalId !== mark) {
    if (section.adopt && externalId === null) return NOTHING_TO_DO
    const refusal =
      externalId !== null && isStewardExternalId(externalId)
        ? new StewardError('belongs-to-another', `The ${target} belongs to another onboarding (${externalId}).`)
        : new StewardError('not-ours', `Steward did not make the ${target}, so it does not remove it.`)
    return refuse(refusal)
  }
  return {
    changes: section.adopt
      ? [{ action: 'update', target, reason: 'offboarded: adopted, so it only loses its mark' }]
      : [{ action: 'remove', target, reason: 'offboarded' }],
    apply: async ({ guard }) => {
      guard()
      if (section.adopt) await workspace.releaseServicePrincipal(principalId)
      else await workspace.deleteServicePrincipal(principalId)
    },
  }
}
