import { findPolicyContradictions, type RotationPolicy } from '../platform/rotation-policy.ts'
import type { CredentialTags } from '../trust/credential-tags.ts'
import type { Decision } from './decision.ts'

/** What is known of a credential when it is decided about. */
export interface CredentialState {
  /** The current version in the vault; null when there is none. */
  readonly current: {
    readonly isEnabled: boolean
    readonly expiresAt: Date | null
    readonly createdAt: Date
    /** Null where the version does not bear a complete mark of ours. */
    readonly tags: CredentialTags | null
  } | null
  /**
   * The credential that the tags name, as its service lists it; `unknown` when it was not asked. Null when it lists none:
   * for whoever acts on it, only after the service has also refused it, because lists lag behind.
   */
  readonly live: LiveState | null | 'unknown'
  /** Whether Steward kept a credential under this name before. */
  readonly wasKept: boolean
  /**
   * Whether the tags may be believed: whoever may write to the vault could have written them, and would get a credential
   * of any principal he names. `unknown` while the service was not asked.
   */
  readonly isProven: boolean | 'unknown'
  /** When a rotation that failed is to be tried again. */
  readonly nextTryAt: Date | null
  /** Whether only a look at it alone can tell that it is alive, and the last one was long ago. */
  readonly isOverdueForLook: boolean
  /** Whether a credential with our mark is alive that neither the tags nor an enabled version name. */
  readonly hasOrphan: boolean
}

interface LiveState {
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedDay: Date | null
  /** Whether the service forgets credentials that nobody uses. */
  readonly isForgotten: boolean
}

/** When rotations may be made. */
export interface Window {
  readonly isOpen: boolean
  /** When the next one opens; null when it is always open. */
  readonly opensAt: Date | null
}

const DAY_MS = 24 * 60 * 60 * 1000
/** Databricks revokes tokens that nobody used for 90 days; the margin covers its day of inaccuracy and a week without us. */
const IDLE_MS = 80 * DAY_MS
/** A life that is a little longer than the policy's comes from rounding, not from another policy. */
const LIFE_MARGIN_MS = DAY_MS

/** One link of the chain: decides, or leaves it to the next. */
type Judge = (state: CredentialState, policy: RotationPolicy, window: Window, now: Date) => Decision | undefined

/**
 * Decides what is to be done for a credential; the first judge that has something to say decides. What a person did on
 * purpose (another value, another mark, switched off, paused) comes before everything that Steward would do by itself.
 */
export function decideRotation(state: CredentialState, policy: RotationPolicy, window: Window, now: Date): Decision {
  for (const judge of JUDGES) {
    const decision = judge(state, policy, window, now)
    if (decision) return decision
  }
  return { action: 'none', reason: 'healthy' }
}

const JUDGES: readonly Judge[] = [
  ({ current, wasKept }) => {
    if (current?.tags) return undefined
    if (current) return { action: 'none', reason: wasKept ? 'detached' : 'not-ours' }
    return { action: 'none', reason: 'missing' }
  },
  // Before anything is made of the tags: whoever may write to the vault could have written them.
  ({ isProven }) => {
    if (isProven === true) return undefined
    return isProven ? { action: 'check', reason: 'first-seen' } : { action: 'none', reason: 'unproven' }
  },
  ({ current }) => (current?.isEnabled === false ? { action: 'none', reason: 'switched-off' } : undefined),
  ({ current }) => (current?.tags?.isPaused ? { action: 'none', reason: 'paused' } : undefined),
  // Else it would be due as soon as it was rotated, for ever.
  (_state, policy) =>
    findPolicyContradictions(policy).length > 0 ? { action: 'none', reason: 'policy-contradicts-itself' } : undefined,
  ({ nextTryAt }, _policy, _window, now) =>
    nextTryAt && nextTryAt > now ? { action: 'none', reason: 'backing-off' } : undefined,
  // A consumer that reads the vault now is refused: no window is waited for. A service does not list what has expired.
  (state, _policy, _window, now) => {
    const expiresAt = expiryOf(state)
    return expiresAt && expiresAt <= now ? { action: 'rotate', reason: 'expired' } : undefined
  },
  ({ live }) => (live === null ? { action: 'rotate', reason: 'revoked-elsewhere' } : undefined),
  // Before a copy, which it makes itself: a scope that takes none must not have the credential expire in the vault.
  (state, policy, window, now) => {
    if (findDue(state, policy) > now) return undefined
    if (window.isOpen) return { action: 'rotate', reason: 'due' }
    const expiresAt = expiryOf(state)
    const isTooLate = expiresAt !== null && window.opensAt !== null && expiresAt <= window.opensAt
    return isTooLate ? { action: 'rotate', reason: 'expiring' } : undefined
  },
  // What is stored counts only once it is where consumers read it.
  ({ current }) => (current?.tags?.scope?.isPending ? { action: 'copy', reason: 'copy-pending' } : undefined),
  (state, policy, window) =>
    window.isOpen && outlivesPolicy(state, policy) ? { action: 'rotate', reason: 'policy-changed' } : undefined,
  ({ live }, _policy, _window, now) => {
    if (live === null || live === 'unknown' || !live.isForgotten) return undefined
    const lastSign = Math.max(live.createdAt.getTime(), live.lastUsedDay?.getTime() ?? 0)
    return now.getTime() - lastSign >= IDLE_MS ? { action: 'touch', reason: 'idle' } : undefined
  },
  ({ isOverdueForLook }) => (isOverdueForLook ? { action: 'check', reason: 'not-looked-at-lately' } : undefined),
  ({ current, hasOrphan }, _policy, _window, now) => {
    const isOver = current?.tags?.previous.some(({ retireAt }) => retireAt <= now) === true
    if (isOver) return { action: 'retire', reason: 'grace-over' }
    return hasOrphan ? { action: 'sweep', reason: 'orphaned' } : undefined
  },
  // Only a replacement waits for a window; all else that is to be done has been looked for by now.
  (state, policy, { isOpen, opensAt }, now) => {
    if (isOpen || (findDue(state, policy) > now && !outlivesPolicy(state, policy))) return undefined
    return { action: 'none', reason: 'outside-window', ...(opensAt ? { until: opensAt } : {}) }
  },
]

/** The earlier of what the vault says and what the service says. */
export function expiryOf({ current, live }: Pick<CredentialState, 'current' | 'live'>): Date | null {
  const told = [current?.expiresAt, live && live !== 'unknown' ? live.expiresAt : null].flatMap((at) => at ?? [])
  return told.length === 0 ? null : new Date(Math.min(...told.map((at) => at.getTime())))
}

/** When it is to be replaced; one that never expires by itself lives as long as the policy lets it. */
export function findDue(state: Pick<CredentialState, 'current' | 'live'>, policy: RotationPolicy): Date {
  const born = state.current?.createdAt.getTime() ?? 0
  const expiresAt = expiryOf(state)?.getTime() ?? born + policy.lifetimeDays * DAY_MS
  return new Date(expiresAt - policy.renewBeforeDays * DAY_MS)
}

/** Both times are the same service's, so no clocks are compared. */
function outlivesPolicy({ current, live }: CredentialState, { lifetimeDays }: RotationPolicy): boolean {
  const source = live && live !== 'unknown' ? live : current
  if (!source?.expiresAt) return source !== null
  return source.expiresAt.getTime() - source.createdAt.getTime() > lifetimeDays * DAY_MS + LIFE_MARGIN_MS
}
