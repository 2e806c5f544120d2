import type { Secret } from '../platform/secret.ts'
import type { CredentialKind } from './credential-tags.ts'

/** A credential that is alive, as the service that issued it lists it. */
export interface LiveCredential {
  readonly credentialId: string
  /** What was written on it when it was made: our mark tells which vault secret it was made for. */
  readonly mark: string | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** UTC midnight of the day of its last use; null where the service does not tell, or it was never used. */
  readonly lastUsedDay: Date | null
  /** What it may do; null for everything that its principal may. */
  readonly scopes: readonly string[] | null
}

/** A credential at the one moment at which its service shows it. */
export interface IssuedCredential {
  readonly credentialId: string
  readonly value: Secret
  readonly expiresAt: Date
}

export interface IssueWish {
  /** The mark that the new credential bears. */
  readonly mark: string
  readonly lifetimeDays: number
  /** Those of the credential that it replaces. */
  readonly scopes: readonly string[] | null
}

/** The credentials of one principal, wherever they come from. What replaces them knows no provider by name. */
export interface CredentialProvider {
  readonly kind: CredentialKind
  /** Whether the service tells when a credential was last used, and forgets those that are not. */
  readonly tracksUse: boolean
  /** All that are alive and the principal's own, whoever had them made. */
  listLive(): Promise<LiveCredential[]>
  /** Throws what would keep a new credential from being made or from living as long, before anything is made. */
  requireIssuable(lifetimeDays: number, live: readonly LiveCredential[]): Promise<void>
  /** One attempt to make one; `not-yet` while what it builds on is still replicating. Also throws `outcome-unknown`. */
  issue(wish: IssueWish): Promise<IssuedCredential | 'not-yet'>
  /** Uses it once: whether it is the principal's own, and its service takes it. */
  use(value: Secret): Promise<'accepted' | 'not-accepted'>
  revoke(credentialId: string): Promise<'revoked' | 'already-gone'>
}
