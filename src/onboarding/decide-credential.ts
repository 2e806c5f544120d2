import type { SecretVersion } from '../clients/keyvault/client.ts'
import type { LiveCredential } from '../trust/credential-provider.ts'
import { type CredentialKind, type CredentialTags, isMarked, readCredentialTags } from '../trust/credential-tags.ts'
import type { Owner } from '../trust/marks.ts'

/** What is known of a credential when it is decided about. */
export interface CredentialSight {
  readonly kind: CredentialKind
  /** Current version in the vault; null when there is none. */
  readonly current: SecretVersion | null
  /** The application, or the principal in the workspace; null while it does not exist. */
  readonly principal: {
    readonly clientId: string
    /** All of its credentials of this kind that its service lists, expired or not. */
    readonly credentials: readonly Pick<LiveCredential, 'credentialId' | 'expiresAt'>[]
  } | null
  /** Whether the principal that the tags name, when it is another one, is still there. */
  readonly isMarkedPrincipalThere: boolean
  /** What the version holds, by the word of whoever has it taken over. */
  readonly adoptedId: string | null
}

export type CredentialDecision =
  | { readonly kind: 'keep'; readonly reason: 'healthy'; readonly tags: CredentialTags }
  | { readonly kind: 'create'; readonly reason: 'missing' | 'expired' | 'revoked-elsewhere' | 'application-gone' }
  | { readonly kind: 'adopt'; readonly reason: 'adopted'; readonly credentialId: string }
  | {
      readonly kind: 'refuse'
      readonly reason: 'not-ours' | 'switched-off' | 'of-another-kind' | 'adopted-is-missing'
    }
  | { readonly kind: 'refuse'; readonly reason: 'belongs-to-another'; readonly belongsTo: string }
  | { readonly kind: 'refuse'; readonly reason: 'of-another-application'; readonly clientId: string }

/**
 * Decides whether the vault holds a live credential of this principal that Steward put there. What still works for
 * another principal is never written over, and what a person switched off is not switched on again by a new version.
 */
export function decideCredential(owner: Owner, sight: CredentialSight, now: Date): CredentialDecision {
  const { kind, current, principal, isMarkedPrincipalThere, adoptedId } = sight
  if (!current) return { kind: 'create', reason: 'missing' }
  const tags = readCredentialTags(owner.instance, current.tags)
  if (!tags && adoptedId !== null && !isMarked(current.tags) && current.isEnabled) {
    const isThere = principal?.credentials.some(({ credentialId }) => credentialId === adoptedId) === true
    return isThere
      ? { kind: 'adopt', reason: 'adopted', credentialId: adoptedId }
      : { kind: 'refuse', reason: 'adopted-is-missing' }
  }
  if (!tags) return { kind: 'refuse', reason: 'not-ours' }
  if (tags.owner.name !== owner.name) {
    return { kind: 'refuse', reason: 'belongs-to-another', belongsTo: tags.owner.name }
  }
  if (tags.kind !== kind) return { kind: 'refuse', reason: 'of-another-kind' }
  if (!current.isEnabled) return { kind: 'refuse', reason: 'switched-off' }
  if (tags.clientId !== principal?.clientId) {
    return isMarkedPrincipalThere
      ? { kind: 'refuse', reason: 'of-another-application', clientId: tags.clientId }
      : { kind: 'create', reason: 'application-gone' }
  }
  const credential = principal.credentials.find(({ credentialId }) => credentialId === tags.credentialId)
  if (!credential) return { kind: 'create', reason: 'revoked-elsewhere' }
  const isExpired = [credential.expiresAt, current.expiresAt].some((at) => at !== null && at <= now)
  return isExpired ? { kind: 'create', reason: 'expired' } : { kind: 'keep', reason: 'healthy', tags }
}
