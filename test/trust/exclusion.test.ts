import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Leases } from '../../src/clients/storage/leases.ts'
import { createLog } from '../../src/platform/log.ts'
import type { Time } from '../../src/platform/time.ts'
import { type Guard, LEASE_SECONDS, withExclusion } from '../../src/trust/exclusion.ts'

/** Leases as storage keeps them: they run out by a clock of their own. */
function createLeaseBoard() {
  const held = new Map<string, { leaseId: string; until: number }>()
  let next = 0
  const isHeld = (name: string) => (held.get(name)?.until ?? 0) > Date.now()
  const board = {
    isReachable: true,
    /** How many renewals in a row get no answer. */
    unreachableFor: 0,
    heldCount: () => [...held.keys()].filter(isHeld).length,
    /** Whoever holds a lease loses it to somebody else. */
    stealAll: () => {
      for (const lease of held.values()) lease.leaseId = 'stolen'
    },
  }
  const leases: Leases = {
    acquire: async (name, durationSeconds) => {
      if (isHeld(name)) return 'held'
      const leaseId = String(next++)
      held.set(name, { leaseId, until: Date.now() + durationSeconds * 1000 })
      return { leaseId }
    },
    renew: async (name, leaseId) => {
      if (!board.isReachable || board.unreachableFor-- > 0) throw new Error('storage is away')
      const lease = held.get(name)
      if (lease?.leaseId !== leaseId) return false
      lease.until = Date.now() + LEASE_SECONDS * 1000
      return true
    },
    release: async (name, leaseId) => {
      if (held.get(name)?.leaseId === leaseId) held.delete(name)
    },
  }
  return Object.assign(board, { leases })
}

/** Both clocks; each can be made to differ from what passes for storage. */
const clocks = { wallShiftMs: 0, sleptMs: 0 }
const time: Time = {
  now: () => Date.now() + clocks.wallShiftMs,
  elapsed: () => Date.now() - clocks.sleptMs,
  sleep: async () => undefined,
  random: () => 0.5,
}
const log = createLog(() => undefined)

describe('exclusive work', () => {
  let board: ReturnType<typeof createLeaseBoard>
  beforeEach(() => {
    vi.useFakeTimers()
    board = createLeaseBoard()
    Object.assign(clocks, { wallShiftMs: 0, sleptMs: 0 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const exclude = <T>(keys: string[], work: (guard: Guard) => Promise<T>) =>
    withExclusion({ leases: board.leases, time, log }, keys, work)

  it('keeps everybody else out while it runs, and lets them in after', async () => {
    await exclude(['a', 'b'], async () => {
      await expect(exclude(['b', 'c'], async () => 'in')).rejects.toMatchObject({ code: 'busy', retryable: true })
    })
    expect(await exclude(['b', 'c'], async () => 'in')).toBe('in')
  })

  it('gives back what it had when one of several keys is held elsewhere', async () => {
    await exclude(['b'], async () => {
      await expect(exclude(['a', 'b'], async () => 'in')).rejects.toThrow(/at work on b/)
      expect(board.heldCount()).toBe(1)
    })
  })

  it('gives the keys back when the work fails', async () => {
    const failing = exclude(['a'], async () => {
      throw new Error('work failed')
    })
    await expect(failing).rejects.toThrow('work failed')
    expect(board.heldCount()).toBe(0)
  })

  it('renews for as long as the work takes', async () => {
    await exclude(['a'], async (guard) => {
      await vi.advanceTimersByTimeAsync(10 * LEASE_SECONDS * 1000)
      expect(guard).not.toThrow()
    })
  })

  it('is not relied on once renewing has failed for most of a lease', async () => {
    await exclude(['a'], async (guard) => {
      board.isReachable = false
      await vi.advanceTimersByTimeAsync((LEASE_SECONDS - 6) * 1000)
      expect(guard).not.toThrow()
      await vi.advanceTimersByTimeAsync(2_000)
      expect(guard).toThrow(/ran out/)
    })
  })

  it('is not relied on once somebody else has the lease', async () => {
    await exclude(['a'], async (guard) => {
      board.stealAll()
      await vi.advanceTimersByTimeAsync((LEASE_SECONDS / 2) * 1000)
      expect(guard).toThrow(/ran out/)
    })
  })

  it('is not relied on after the machine slept, during which one of its clocks stood still', async () => {
    await exclude(['a'], async (guard) => {
      board.isReachable = false
      clocks.sleptMs = LEASE_SECONDS * 1000
      vi.setSystemTime(Date.now() + LEASE_SECONDS * 1000)
      expect(guard).toThrow(/ran out/)
    })
  })

  it('is not relied on for longer because somebody set the clock back', async () => {
    await exclude(['a'], async (guard) => {
      board.isReachable = false
      clocks.wallShiftMs = -3_600_000
      await vi.advanceTimersByTimeAsync((LEASE_SECONDS - 4) * 1000)
      expect(guard).toThrow(/ran out/)
    })
  })

  it('is relied on only as long as the oldest of its keys', async () => {
    await exclude(['a', 'b'], async (guard) => {
      board.unreachableFor = 1
      await vi.advanceTimersByTimeAsync((LEASE_SECONDS - 6) * 1000)
      expect(guard).not.toThrow()
      await vi.advanceTimersByTimeAsync(2_000)
      expect(guard).toThrow(/ran out/)
    })
  })
})
