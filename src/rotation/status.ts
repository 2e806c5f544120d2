import type { ErrorCode } from '../platform/errors.ts'
import type { CredentialKind, CredentialTags } from '../trust/credential-tags.ts'
import type { Decision, IdleReason } from './decision.ts'

/** Which credential: the vault secret that holds it. */
export interface CredentialRef {
  /** Origin of the vault. */
  readonly vaultUrl: string
  readonly secretName: string
}

/** Why the last attempts failed, and when the next one is due. */
export interface Failure {
  readonly code: ErrorCode
  readonly detail: string
  readonly since: Date
  /** Attempts in a row. */
  readonly attempts: number
  /** Whether Steward has given up for now; the timer tries again after `nextTryAt`. */
  readonly isFailing: boolean
  readonly nextTryAt: Date
}

/** What is remembered of a credential beside the vault; losing it loses no credential. */
export interface CredentialStatus extends CredentialRef {
  readonly kind: CredentialKind
  /** The onboarding that it is for. */
  readonly name: string
  /** Whose it is, and the vault's tags must say the same; null while that is not proven, and so is the rest. */
  readonly clientId: string | null
  readonly workspace: string | null
  readonly lastOutcome: { readonly action: Decision['action']; readonly reason: string; readonly at: Date } | null
  readonly failure: Failure | null
  /** When a look at it alone was brought to its end. */
  readonly lookedAt: Date | null
  /** What an operator was told of already. */
  readonly attention: IdleReason | null
  /** A previous credential that outlives its grace, because it is still used. */
  readonly stillUsedUntil: Date | null
}

/** One thing that was done to a credential, or failed. */
export interface HistoryEntry {
  readonly at: Date
  readonly action: Decision['action']
  readonly reason: string
  readonly outcome: 'done' | 'failed'
  /** Who had it done: `timer`, or the caller. */
  readonly who: string
  /** Ids of what was made, and of what was revoked. */
  readonly created: string | null
  readonly revoked: readonly string[]
  readonly problem: { readonly code: ErrorCode; readonly detail: string } | null
}

/** Where that is kept. Rows of a vault that was never looked through completely are no complete index of it. */
export interface StatusStore {
  get(ref: CredentialRef): Promise<CredentialStatus | null>
  put(statuses: readonly CredentialStatus[]): Promise<void>
  /** Everything that is known of a vault, by lower-case name of the secret. */
  list(vaultUrl: string): Promise<Map<string, CredentialStatus>>
  forget(ref: CredentialRef): Promise<void>
  /** Whether the versions of a vault's unmarked secrets were looked through for credentials that lost their tags. */
  isIndexed(vaultUrl: string): Promise<boolean>
  setIndexed(vaultUrl: string): Promise<void>
  addHistory(ref: CredentialRef, entry: HistoryEntry): Promise<void>
  /** Newest first. */
  listHistory(ref: CredentialRef, limit: number): Promise<HistoryEntry[]>
}

/** What a credential is, apart from how it fares. */
export interface CredentialIdentity extends Pick<CredentialStatus, 'kind' | 'name' | 'workspace'> {
  readonly clientId: string
}

/** What the tags of a version say of it. */
export function identityOf({ kind, owner, clientId, workspace }: CredentialTags): CredentialIdentity {
  return { kind, name: owner.name, clientId, workspace }
}

/** The status of a credential that nothing else is known of yet. */
export function freshStatus({ vaultUrl, secretName }: CredentialRef, identity: CredentialIdentity): CredentialStatus {
  const { kind, name, clientId, workspace } = identity
  const nothing = { lastOutcome: null, failure: null, lookedAt: null, attention: null, stillUsedUntil: null }
  return { vaultUrl, secretName, kind, name, clientId, workspace, ...nothing }
}

/** The same, of what anybody may have written. */
export function unprovenStatus(ref: CredentialRef, identity: CredentialIdentity): CredentialStatus {
  return { ...freshStatus(ref, identity), clientId: null }
}

/**
 * Whether tags may be believed. What Steward remembers decides; where it remembers nothing, because its storage was lost,
 * a live credential does that bears this very secret's mark: only Steward and the principal itself can make one.
 */
export function isProven(
  tags: CredentialTags,
  status: CredentialStatus | null,
  live: { readonly mark: string | null } | null | 'unknown',
  mark: string,
): boolean | 'unknown' {
  if (status && status.clientId !== null) {
    const { kind, owner, clientId, workspace } = tags
    const isSamePlace = status.kind === kind && status.workspace === workspace
    return isSamePlace && status.name === owner.name && status.clientId === clientId
  }
  return live === 'unknown' ? live : live?.mark === mark
}
