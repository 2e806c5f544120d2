import type { WorkspacePrincipal } from '../clients/databricks/client.ts'
import { type Owner, principalExternalId } from '../trust/marks.ts'

/** What the request wants of the principal in one workspace. */
export interface WorkspacePrincipalWish {
  readonly entitlements: readonly string[]
  readonly groupIds: readonly string[]
  /** Id of the principal that may be taken over although Steward did not make it. */
  readonly adoptPrincipalId: string | undefined
}

export type WorkspacePrincipalDecision =
  | { readonly kind: 'create'; readonly reason: 'missing' }
  | {
      readonly kind: 'keep'
      readonly principal: WorkspacePrincipal
      /** Our mark is not on it yet, and the request consents to putting it there. */
      readonly isAdopted: boolean
      readonly missingEntitlements: readonly string[]
      readonly missingGroupIds: readonly string[]
    }
  | {
      readonly kind: 'refuse'
      readonly reason: 'not-ours' | 'belongs-to-another'
      readonly principal: WorkspacePrincipal
    }
  | { readonly kind: 'refuse'; readonly reason: 'adopted-is-missing' }

/**
 * Decides from the principals that answer to the wished identity (its application id, or its display name for one that
 * Databricks manages). Entitlements and groups are only added: what others granted stays.
 */
export function decideWorkspacePrincipal(
  owner: Owner,
  found: readonly WorkspacePrincipal[],
  wish: WorkspacePrincipalWish,
): WorkspacePrincipalDecision {
  const mark = principalExternalId(owner)
  const ours = found.find(({ externalId }) => externalId === mark)
  const adopted = found.find(({ principalId }) => principalId === wish.adoptPrincipalId)
  const principal = ours ?? adopted
  if (principal) {
    const groupIds = principal.groups.map(({ groupId }) => groupId)
    return {
      kind: 'keep',
      principal,
      isAdopted: !ours,
      missingEntitlements: wish.entitlements.filter((wished) => !principal.entitlements.includes(wished)),
      missingGroupIds: wish.groupIds.filter((wished) => !groupIds.includes(wished)),
    }
  }
  const [other] = found
  if (other) {
    const isAnothers = other.externalId?.startsWith(`steward/${owner.instance}/`) === true
    return {
      kind: 'refuse',
      reason: isAnothers ? 'belongs-to-another' : 'not-ours',
      principal: other,
    }
  }
  if (wish.adoptPrincipalId !== undefined) return { kind: 'refuse', reason: 'adopted-is-missing' }
  return { kind: 'create', reason: 'missing' }
}
