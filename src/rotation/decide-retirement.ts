import type { RotationPolicy } from '../platform/rotation-policy.ts'
import type { PreviousCredential } from '../trust/credential-tags.ts'

/** A previous credential, and what its service says of it. */
export interface RetiringState {
  readonly previous: PreviousCredential
  /** When the one that replaced it was made; null when nobody knows any more. */
  readonly replacedAt: Date | null
  /** Null when its service does not list it any more. */
  readonly live: { readonly lastUsedDay: Date | null } | null
  /** Whether its service tells when it was last used. */
  readonly tracksUse: boolean
}

export type Retirement =
  | { readonly action: 'keep'; readonly reason: 'in-grace' | 'still-used'; readonly until: Date }
  | {
      readonly action: 'revoke'
      readonly reason: 'unused' | 'usage-unknown' | 'still-used' | 'waited-long-enough' | 'already-gone'
    }

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/**
 * Uses are told by the day, and the day of the rotation says nothing: a shorter grace ends before a telling day does.
 * The margin is for the making of the successor, which a grace begins before, and for the clock that tells when it was made.
 */
const TELLING_GRACE_MS = 48 * HOUR_MS - 10 * 60 * 1000

/**
 * Decides what becomes of a credential that was replaced. It was promised until the end of its grace; whether anybody
 * still uses it then is known only by the day.
 */
export function decideRetirement(state: RetiringState, policy: RotationPolicy, now: Date): Retirement {
  const { previous, live } = state
  const { retireAt } = previous
  if (live === null) return { action: 'revoke', reason: 'already-gone' }
  if (retireAt > now) return { action: 'keep', reason: 'in-grace', until: retireAt }
  const isUsed = tellUse(state)
  if (isUsed === 'unknown') return { action: 'revoke', reason: 'usage-unknown' }
  if (!isUsed) return { action: 'revoke', reason: 'unused' }
  if (policy.whenStillUsed === 'revoke') return { action: 'revoke', reason: 'still-used' }
  const until = new Date(retireAt.getTime() + policy.maxWaitHours * HOUR_MS)
  return until > now
    ? { action: 'keep', reason: 'still-used', until }
    : { action: 'revoke', reason: 'waited-long-enough' }
}

function tellUse({ previous, replacedAt, live, tracksUse }: RetiringState): boolean | 'unknown' {
  if (!tracksUse || !live || replacedAt === null) return 'unknown'
  if (previous.retireAt.getTime() - replacedAt.getTime() < TELLING_GRACE_MS) return 'unknown'
  if (live.lastUsedDay === null) return false
  return dayOf(live.lastUsedDay) > dayOf(replacedAt)
}

function dayOf(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS)
}
