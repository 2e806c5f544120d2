import { createHash } from 'node:crypto'
import type { Leases } from '../clients/storage/leases.ts'
import { StewardError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Time } from '../platform/time.ts'
import { credentialKey } from './credential-tags.ts'

/** Azure allows 15 to 60; short, because after a crash the next run waits this long. */
export const LEASE_SECONDS = 20
const RENEW_EVERY_MS = (LEASE_SECONDS / 2) * 1000
/** The last part of a lease is not trusted: the request that follows a check takes time too. */
const TRUSTED_MS = (LEASE_SECONDS - 5) * 1000

/** The key under which a vault secret is worked on, whoever does it. */
export function secretExclusionKey(vaultUrl: string, secretName: string): string {
  return `secret/${credentialKey(vaultUrl, secretName)}`
}

/** Throws `lease-lost` when the exclusion can no longer be relied on. */
export type Guard = () => void

export interface ExclusionPorts {
  readonly leases: Leases
  readonly time: Time
  readonly log: Log
}

/**
 * Runs work while holding every key; throws `busy` when one is held elsewhere. Keys must come sorted, so that two with
 * common keys cannot block each other. A lease cannot fence a worker that is frozen between check and call: what runs
 * here must be safe without it, too.
 */
export async function withExclusion<T>(
  ports: ExclusionPorts,
  keys: readonly string[],
  work: (guard: Guard) => Promise<T>,
): Promise<T> {
  const { leases, time, log } = ports
  const held: { readonly name: string; readonly leaseId: string; since: Moment }[] = []
  try {
    for (const key of keys) {
      const name = createHash('sha256').update(key).digest('hex')
      const since = readMoment(time)
      const lease = await leases.acquire(name, LEASE_SECONDS)
      if (lease === 'held') {
        throw new StewardError('busy', `Something else is at work on ${key}; Steward goes on as soon as it is done.`, {
          retryAfterMs: 3_000,
        })
      }
      held.push({ name, leaseId: lease.leaseId, since })
    }
    let isLost = false
    const renewal = setInterval(() => void renew(), RENEW_EVERY_MS)
    const renew = async (): Promise<void> => {
      const since = readMoment(time)
      await Promise.all(
        held.map(async (lease) => {
          try {
            if (await leases.renew(lease.name, lease.leaseId)) lease.since = since
            else isLost = true
          } catch (error) {
            log.warn('lease-renewal-failed', { keys, error })
          }
        }),
      )
    }
    try {
      return await work(() => {
        if (isLost || held.some(({ since }) => ageOf(since, time) > TRUSTED_MS)) {
          throw new StewardError(
            'lease-lost',
            `The exclusive right to work on ${keys.join(', ')} ran out; Steward starts over.`,
          )
        }
      })
    } finally {
      clearInterval(renewal)
    }
  } finally {
    // A lease that is not given back runs out by itself; that must not hide how the work ended.
    await Promise.all(
      held.map(({ name, leaseId }) =>
        leases.release(name, leaseId).catch((error: unknown) => log.warn('lease-release-failed', { keys, error })),
      ),
    )
  }
}

/** How often a call asks again for what is held elsewhere. */
const ASK_EVERY_MS = 500

/** The same for a call that somebody waits for: what is held elsewhere is waited for, up to a bound; then throws `busy`. */
export async function withPatientExclusion<T>(
  ports: ExclusionPorts,
  keys: readonly string[],
  waitMs: number,
  work: (guard: Guard) => Promise<T>,
): Promise<T> {
  const { time } = ports
  const end = time.elapsed() + waitMs
  for (;;) {
    let isHeld = false
    try {
      return await withExclusion(ports, keys, (guard) => {
        isHeld = true
        return work(guard)
      })
    } catch (error) {
      const isElsewhere = !isHeld && error instanceof StewardError && error.code === 'busy'
      if (!isElsewhere || time.elapsed() + ASK_EVERY_MS > end) throw error
      await time.sleep(ASK_EVERY_MS)
    }
  }
}

/** A moment on both clocks: the one that nobody can set stands still while a machine sleeps, the other may be set back. */
interface Moment {
  readonly elapsed: number
  readonly now: number
}

function readMoment(time: Time): Moment {
  return { elapsed: time.elapsed(), now: time.now() }
}

function ageOf(moment: Moment, time: Time): number {
  return Math.max(time.elapsed() - moment.elapsed, time.now() - moment.now)
}
