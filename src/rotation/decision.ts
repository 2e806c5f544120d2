/** Nothing is done, and why. */
export type IdleReason =
  | 'healthy'
  | 'paused'
  | 'policy-contradicts-itself'
  | 'not-ours'
  | 'detached'
  | 'switched-off'
  | 'missing'
  | 'unproven'
  | 'outside-window'
  | 'backing-off'

/** The credential is replaced, and why. */
export type RotateReason = 'expired' | 'revoked-elsewhere' | 'expiring' | 'due' | 'policy-changed' | 'requested'

/** Its service is asked about it alone, and why. */
type CheckReason = 'first-seen' | 'not-looked-at-lately'

/** What is to be done for a credential, with the reason for it. */
export type Decision =
  | { readonly action: 'none'; readonly reason: IdleReason; readonly until?: Date }
  | { readonly action: 'rotate'; readonly reason: RotateReason }
  /** Its service is asked whether it is what the tags say, and alive: the first time, and where no list tells. */
  | { readonly action: 'check'; readonly reason: CheckReason }
  /** It is in the vault and not yet where its scope's readers look. */
  | { readonly action: 'copy'; readonly reason: 'copy-pending' }
  /** Used once, so that Databricks does not take it for forgotten. */
  | { readonly action: 'touch'; readonly reason: 'idle' }
  /** What was replaced is revoked. */
  | { readonly action: 'retire'; readonly reason: 'grace-over' }
  /** What nobody can know the value of is revoked. */
  | { readonly action: 'sweep'; readonly reason: 'orphaned' }

/** What a person has to look at, because Steward will not touch it by itself. */
export const ATTENTION: ReadonlySet<IdleReason> = new Set([
  'detached',
  'switched-off',
  'missing',
  'unproven',
  'policy-contradicts-itself',
])
