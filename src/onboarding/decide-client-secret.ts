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
}

export type ClientSecretDecision =
  | {
      readonly kind: 'keep'
      readonly reason: 'healthy'
      readonly keyId: string
    }
  | {
      readonly kind: 'create'
      readonly reason: 'missing' | 'disabled' | 'expired' | 'revoked-elsewhere'
    }
  | { readonly kind: 'refuse'; readonly reason: 'not-ours' }
  | {
      readonly kind: 'refuse'
      readonly reason: 'belongs-to-another'
      readonly belongsTo: string
    }

/** Decides whether the vault holds a live client secret of this application that Steward put there. */
export function decideClientSecret(
  owner: Owner,
  { current, application }: ClientSecretState,
  now: Date,
): ClientSecretDecision {
  if (!current) return { kind: 'create', reason: 'missing' }
  const mark = readClientSecretTags(owner.instance, current.tags)
  if (!mark) return { kind: 'refuse', reason: 'not-ours' }
  if (mark.owner.name !== owner.name)
    return {
      kind: 'refuse',
      reason: 'belongs-to-another',
      belongsTo: mark.owner.name,
    }
  const credential =
    mark.clientId === application?.clientId
      ? application.passwordCredentials.find(({ keyId }) => keyId === mark.keyId)
      : undefined
  if (!credential) return { kind: 'create', reason: 'revoked-elsewhere' }
  if (credential.endsAt <= now || (current.expiresAt !== null && current.expiresAt <= now)) {
    return { kind: 'create', reason: 'expired' }
  }
  if (!current.isEnabled) return { kind: 'create', reason: 'disabled' }
  return { kind: 'keep', reason: 'healthy', keyId: mark.keyId }
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
