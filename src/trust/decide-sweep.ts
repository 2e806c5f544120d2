import type { LiveCredential } from './credential-provider.ts'
import { LEASE_SECONDS } from './exclusion.ts'

/**
 * An orphan younger than this may still be on its way into the vault, from a worker that lost its lease with the write
 * under way: one lease, one request (a repetition asks the lease again) and a margin for the service's clock.
 */
const ORPHAN_AGE_MS = (LEASE_SECONDS + 30 + 10) * 1000

export interface Sweep {
  /** Credentials whose value reached nobody, and that nobody can be storing any more. */
  readonly orphans: readonly LiveCredential[]
  /** When the youngest one that may still be stored is old enough; null when there is none. */
  readonly againAt: Date | null
}

/**
 * Tells the credentials that bear exactly our mark but that no version in the vault names: their value was lost with an
 * answer or a process, so nobody can be using them. `live` must be the principal's own.
 */
export function decideSweep(
  mark: string,
  live: readonly LiveCredential[],
  named: ReadonlySet<string>,
  now: Date,
): Sweep {
  const unnamed = live.filter((one) => one.mark === mark && !named.has(one.credentialId))
  const isOld = ({ createdAt }: LiveCredential): boolean => now.getTime() - createdAt.getTime() >= ORPHAN_AGE_MS
  const young = unnamed.filter((one) => !isOld(one))
  return {
    orphans: unnamed.filter(isOld),
    againAt:
      young.length === 0
        ? null
        : new Date(Math.max(...young.map(({ createdAt }) => createdAt.getTime())) + ORPHAN_AGE_MS),
  }
}
