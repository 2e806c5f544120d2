import type { WorkspacePrincipal } from '../clients/databricks/client.ts'
import { isStewardExternalId, type Owner, principalExternalId } from '../trust/marks.ts'

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
      /** It bears no mark at all, and the request consents to putting ours there. */
      readonly needsMark: boolean
      readonly missingEntitlements: readonly string[]
      readonly missingGroupIds: readonly string[]
    }
  | {
      readonly kind: 'refuse'
      readonly reason: 'not-ours' | 'belongs-to-another' | 'switched-off'
      readonly principal: WorkspacePrincipal
    }
  | { readonly kind: 'refuse'; readonly reason: 'adopted-is-missing' }

/**
 * Decides from the principals that answer to the wished identity. Entitlements and groups are only added: what others
 * granted stays. A mark that somebody else wrote is never written over, not even by adopting.
 */
export function decideWorkspacePrincipal(
  owner: Owner,
  found: readonly WorkspacePrincipal[],
  wish: WorkspacePrincipalWish,
): WorkspacePrincipalDecision {
  const mark = principalExternalId(owner)
  const principal =
    found.find(({ externalId }) => externalId === mark) ??
    found.find(({ principalId }) => principalId === wish.adoptPrincipalId) ??
    found[0]
  if (!principal) {
    return wish.adoptPrincipalId === undefined
      ? { kind: 'create', reason: 'missing' }
      : { kind: 'refuse', reason: 'adopted-is-missing' }
  }
  const { externalId, principalId } = principal
  if (externalId !== mark) {
    if (externalId !== null && isStewardExternalId(externalId)) {
      return { kind: 'refuse', reason: 'belongs-to-another', principal }
    }
    if (principalId !== wish.adoptPrincipalId) return { kind: 'refuse', reason: 'not-ours', principal }
  }
  if (!principal.isActive) return { kind: 'refuse', reason: 'switched-off', principal }
  const groupIds = principal.groups.map(({ groupId }) => groupId)
  return {
    kind: 'keep',
    principal,
    needsMark: externalId === null,
    missingEntitlements: wish.entitlements.filter((wished) => !principal.entitlements.includes(wished)),
    missingGroupIds: wish.groupIds.filter((wished) => !groupIds.includes(wished)),
  }
}
