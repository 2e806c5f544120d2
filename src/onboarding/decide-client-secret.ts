import type { SecretVersion } from '../clients/keyvault/client.ts'
import type { Owner } from '../trust/marks.ts'
import { readClientSecretTags } from '../trust/marks.ts'
import type { PasswordCredential } from './step.ts'

/** What is known of the secret when it is decided about. */
export interface ClientSecretState {
  /** Current version in the vault; null when there is none. */
  readonly current: SecretVersion | null
  /** The app registration; null while it does not exist. */
  readonly application: {
    readonly clientId: string
    readonly passwordCredentials: readonly PasswordCredential[]
  } | null
  /** Whether the application that the tags name, when it is another one, is still in the tenant. */
  readonly isMarkedApplicationThere: boolean
}

export type ClientSecretDecision =
  | { readonly kind: 'keep'; readonly reason: 'healthy'; readonly keyId: string }
  | { readonly kind: 'create'; readonly reason: 'missing' | 'expired' | 'revoked-elsewhere' | 'application-gone' }
  | { readonly kind: 'refuse'; readonly reason: 'not-ours' | 'switched-off' }
  | { readonly kind: 'refuse'; readonly reason: 'belongs-to-another'; readonly belongsTo: string }
  | { readonly kind: 'refuse'; readonly reason: 'of-another-application'; readonly clientId: string }

/**
 * Decides whether the vault holds a live client secret of this application that Steward put there. What still works for
 * another application is never written over, and what a person switched off is not switched on again by a new version.
 */
export function decideClientSecret(
  owner: Owner,
  { current, application, isMarkedApplicationThere }: ClientSecretState,
  now: Date,
): ClientSecretDecision {
  if (!current) return { kind: 'create', reason: 'missing' }
  const mark = readClientSecretTags(owner.instance, current.tags)
  if (!mark) return { kind: 'refuse', reason: 'not-ours' }
  if (mark.owner.name !== owner.name)
    return { kind: 'refuse', reason: 'belongs-to-another', belongsTo: mark.owner.name }
  if (!current.isEnabled) return { kind: 'refuse', reason: 'switched-off' }
  if (mark.clientId !== application?.clientId) {
    return isMarkedApplicationThere
      ? { kind: 'refuse', reason: 'of-another-application', clientId: mark.clientId }
      : { kind: 'create', reason: 'application-gone' }
  }
  const credential = application.passwordCredentials.find(({ keyId }) => keyId === mark.keyId)
  if (!credential) return { kind: 'create', reason: 'revoked-elsewhere' }
  const isExpired = credential.endsAt <= now || (current.expiresAt !== null && current.expiresAt <= now)
  return isExpired ? { kind: 'create', reason: 'expired' } : { kind: 'keep', reason: 'healthy', keyId: mark.keyId }
}

/**
 * Client secrets that bear our mark but that no version in the vault names: their value was lost with an answer or a
 * process, so nobody can be using them.
 */
export function findOrphans(
  marked: readonly PasswordCredential[],
  instance: string,
  versions: readonly SecretVersion[],
): PasswordCredential[] {
  const named = new Set(versions.map(({ tags }) => readClientSecretTags(instance, tags)?.keyId))
  return marked.filter(({ keyId }) => !named.has(keyId))
}
