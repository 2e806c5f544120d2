import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveCredential } from '../../src/trust/credential-provider.ts'
import { decideSweep } from '../../src/trust/decide-sweep.ts'

const MARK = 'steward/prod/kv-etl.vault.azure.net/client-secret'
const now = new Date('2026-06-01T00:00:00Z')
/** A lease of 20 s, a request of 30 s and 10 s for the service's clock. */
const SAFE_AGE_MS = 60_000

function live(credentialId: string, ageMs: number, mark: string | null = MARK): LiveCredential {
  const createdAt = new Date(now.getTime() - ageMs)
  return { credentialId, mark, createdAt, expiresAt: null, lastUsedDay: null, scopes: null }
}

const credential: fc.Arbitrary<LiveCredential> = fc.record({
  credentialId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  mark: fc.constantFrom(MARK, `${MARK}2`, MARK.toUpperCase(), null),
  createdAt: fc.integer({ min: -30, max: 200 }).map((seconds) => new Date(now.getTime() - seconds * 1000)),
  expiresAt: fc.constant(null),
  lastUsedDay: fc.constant(null),
  scopes: fc.constant(null),
})
const anyLive = fc.uniqueArray(credential, { selector: ({ credentialId }) => credentialId })
const anyNamed = fc.subarray(['a', 'b', 'c', 'd']).map((ids) => new Set(ids))

describe('which credentials are orphans', () => {
  it('are exactly those of our mark that no version names, once nobody can be storing them any more', () => {
    const credentials = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1 }),
        ageMs: fc.integer({ min: 0, max: 2 * SAFE_AGE_MS }),
        isStored: fc.boolean(),
        mark: fc.constantFrom(MARK, `${MARK}-2`, 'made by hand', null),
      }),
      { maxLength: 8, selector: ({ id }) => id },
    )
    fc.assert(
      fc.property(credentials, (all) => {
        const named = new Set(all.filter(({ isStored }) => isStored).map(({ id }) => id))
        const sweep = decideSweep(
          MARK,
          all.map(({ id, ageMs, mark }) => live(id, ageMs, mark)),
          named,
          now,
        )
        const lost = all.filter(({ isStored, mark }) => !isStored && mark === MARK)
        const isOld = ({ ageMs }: { ageMs: number }): boolean => ageMs >= SAFE_AGE_MS
        expect(sweep.orphans.map(({ credentialId }) => credentialId)).toEqual(lost.filter(isOld).map(({ id }) => id))
        const waitsMs = lost.filter((one) => !isOld(one)).map(({ ageMs }) => SAFE_AGE_MS - ageMs)
        const againAt = waitsMs.length === 0 ? null : new Date(now.getTime() + Math.max(...waitsMs))
        expect(sweep.againAt).toEqual(againAt)
      }),
    )
  })

  it('are not yet those that a worker without its lease may be storing', () => {
    const young = live('young', SAFE_AGE_MS - 1)
    const old = live('old', SAFE_AGE_MS)
    expect(decideSweep(MARK, [young, old], new Set(), now)).toEqual({
      orphans: [old],
      againAt: new Date(now.getTime() + 1),
    })
  })

  it('has nothing left when it comes again at the time it names', () => {
    fc.assert(
      fc.property(anyLive, anyNamed, (live, named) => {
        const { againAt } = decideSweep(MARK, live, named, now)
        if (againAt === null) return
        expect(againAt.getTime()).toBeGreaterThan(now.getTime())
        expect(decideSweep(MARK, live, named, againAt).againAt).toBeNull()
      }),
    )
  })
})
