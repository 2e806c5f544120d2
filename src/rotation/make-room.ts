import { StewardError } from '../platform/errors.ts'
import type { LiveCredential } from '../trust/credential-provider.ts'
import { type CredentialTags, MAX_PREVIOUS, type PreviousCredential } from '../trust/credential-tags.ts'
import { retirePrevious } from './retire.ts'
import { describeCredential, type Work } from './rotate.ts'
import type { CredentialRef } from './status.ts'

const HOUR_MS = 60 * 60 * 1000

/** What the tags of the next version will tell of those before it, and what had to go for that. */
export interface Room {
  readonly previous: readonly PreviousCredential[]
  readonly revoked: readonly string[]
}

/**
 * Lists what the next version replaces. The tags have room for a few: what was waited for beyond its grace goes first.
 * Throws `in-grace` when too many are still promised.
 */
export async function makeRoom(work: Work, graceHours: number): Promise<Room> {
  const { ref, tags, live } = work.gathered
  const now = new Date(work.patience.time.now())
  const listed = listPrevious(tags, live, new Date(now.getTime() + graceHours * HOUR_MS))
  const excess = Math.max(0, listed.length - MAX_PREVIOUS)
  if (excess === 0) return { previous: listed, revoked: [] }
  // Never the first: it is what consumers read until there is a new one.
  const isOver = listed.slice(1).filter(({ retireAt }) => retireAt <= now)
  if (isOver.length < excess) throw explainTooMany(ref, listed)
  const surplus = new Set(isOver.slice(-excess).map(({ credentialId }) => credentialId))
  const leaving = [...surplus].map((credentialId) => ({
    credentialId,
    retirement: { action: 'revoke', reason: 'waited-long-enough' } as const,
  }))
  // Below another's version nothing of ours is current that could prove itself; what the tags drop, the sweep finds.
  const { isDetached } = work.gathered
  if (!isDetached) await retirePrevious(work, leaving)
  const previous = listed.filter(({ credentialId }) => !surplus.has(credentialId))
  return { previous, revoked: isDetached ? [] : [...surplus] }
}

/** Newest first: what is replaced now, and what still is in its grace; what is dead already needs none. */
function listPrevious(
  { credentialId, previous }: CredentialTags,
  live: readonly LiveCredential[],
  retireAt: Date,
): PreviousCredential[] {
  const alive = new Set(live.map((one) => one.credentialId))
  // A shorter grace than the policy's is for a credential that leaked: those before it are no longer trusted either.
  const earlier = previous.map((one) => ({ ...one, retireAt: one.retireAt < retireAt ? one.retireAt : retireAt }))
  return [{ credentialId, retireAt }, ...earlier].filter((one) => alive.has(one.credentialId))
}

function explainTooMany(ref: CredentialRef, previous: readonly PreviousCredential[]): StewardError {
  const until = previous.at(-1)?.retireAt.toISOString()
  return new StewardError(
    'in-grace',
    `The ${describeCredential(ref)} was rotated ${MAX_PREVIOUS} times within its grace, and all of those credentials are still promised, the oldest until ${until}. Wait until then, or rotate with "graceHours": 0, which ends every grace.`,
  )
}
