import { beforeEach, describe, expect, it } from 'vitest'
import { claimIdempotencyKey, type IdempotencyEntry, type IdempotencyStore } from '../../src/trust/idempotency.ts'

const start = new Date('2026-06-01T00:00:00Z')
const dayLater = new Date('2026-06-02T00:00:01Z')

/** The contract of the store, kept in memory. */
function createMemoryStore(): IdempotencyStore {
  const rows = new Map<string, { entry: IdempotencyEntry; etag: string }>()
  return {
    put: async (scope, key, entry, replaces) => {
      const known = rows.get(scope + key)
      if ((known?.etag ?? null) !== replaces) return false
      rows.set(scope + key, { entry, etag: String(Math.random()) })
      return true
    },
    get: async (scope, key) => rows.get(scope + key) ?? null,
  }
}

describe('an idempotency key', () => {
  let store: IdempotencyStore
  beforeEach(() => {
    store = createMemoryStore()
  })
  const claim = (freshId: string, body: unknown = 'same', scope = 'alice POST', now = start) =>
    claimIdempotencyKey(store, { scope, key: 'k', body }, freshId, now)

  it('gives every repetition the first id', async () => {
    expect(await claim('one')).toBe('one')
    expect(await claim('two')).toBe('one')
  })

  it('is refused with another body', async () => {
    await claim('one')
    await expect(claim('two', 'other')).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 })
  })

  it('means nothing to another caller', async () => {
    await claim('one')
    expect(await claim('two', 'other', 'bob POST')).toBe('two')
  })

  it('is forgotten after 24 hours', async () => {
    await claim('one')
    expect(await claim('two', 'other', 'alice POST', dayLater)).toBe('two')
  })

  it('gives two at once the same id', async () => {
    const ids = await Promise.all([claim('one'), claim('two'), claim('three')])
    expect(new Set(ids).size).toBe(1)
  })
})
