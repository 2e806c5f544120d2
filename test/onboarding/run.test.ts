import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runOnboarding } from '../../src/onboarding/run.ts'
import { createDraining } from '../../src/platform/draining.ts'
import { StewardError } from '../../src/platform/errors.ts'
import { limits } from '../../src/platform/limits.ts'
import { away, createWorld, ID, MANAGED, WHOLE } from './run-world.ts'

const MINUTE_MS = 60_000

let world: ReturnType<typeof createWorld>
beforeEach(() => {
  world = createWorld()
})
const receive = (attempt: number) => runOnboarding(world.ports, ID, { kind: 'message', attempt })
const call = () => runOnboarding(world.ports, ID, { kind: 'call' })

describe('a run', () => {
  it('makes what is missing and sends no message', async () => {
    await world.accept(MANAGED)
    expect(await receive(0)).toMatchObject({ kind: 'ended', record: { status: 'succeeded' } })
    expect(world.messages).toEqual([])
  })

  it('has the message for its next attempt in the queue before that attempt is counted', async () => {
    await world.accept(MANAGED)
    world.lookAtWorkspace = away()
    const counts: number[] = []
    const { ports } = world
    await runOnboarding(
      {
        ...ports,
        enqueue: async (message, delayMs) => {
          counts.push(world.record().attempts)
          await ports.enqueue(message, delayMs)
        },
      },
      ID,
      { kind: 'message', attempt: 0 },
    )
    expect(counts).toEqual([0])
    expect(world.messages).toMatchObject([{ message: { onboardingId: ID, attempt: 1 } }])
    expect(world.record()).toMatchObject({ attempts: 1, status: 'running' })
  })

  it('waits no longer than a quarter of an hour, whatever a service wishes for', async () => {
    for (const wish of [86_400_000, Number.POSITIVE_INFINITY]) {
      await world.accept(MANAGED)
      world.lookAtWorkspace = away(wish)
      await receive(0)
    }
    expect(world.messages.map(({ delayMs }) => delayMs)).toEqual([15 * MINUTE_MS, 15 * MINUTE_MS])
  })

  it('does nothing once the opposite was asked for later, and goes on when it was asked for before', async () => {
    const outcomes: unknown[] = []
    for (const onboardingId of ['onboarding-0', 'onboarding-2']) {
      await world.accept(MANAGED)
      await world.ports.store.setLatest(MANAGED.name, { onboardingId, direction: 'offboarding' })
      await receive(0)
      outcomes.push([world.record().status, world.record().problem?.code])
    }
    expect(outcomes).toEqual([
      ['failed', 'superseded'],
      ['succeeded', undefined],
    ])
  })

  it('counts no attempt while something takes its time, however often it looks', async () => {
    await world.accept(MANAGED)
    world.lookAtWorkspace = async () => {
      throw new StewardError('in-progress', 'Run 7 is PENDING; Steward looks again.', { retryAfterMs: 15_000 })
    }
    for (let looks = 0; looks < 20; looks += 1) {
      world.time.advance(15_000)
      expect(await receive(0)).toMatchObject({ kind: 'again', afterMs: 15_000 })
    }
    expect(world.record()).toMatchObject({ attempts: 0, status: 'running', problem: { code: 'in-progress' } })
    expect(world.messages).toHaveLength(20)
  })

  it('backs off by itself when a service wishes for no number', async () => {
    await world.accept(MANAGED)
    world.lookAtWorkspace = away(Number.NaN)
    await receive(0)
    expect(world.messages.map(({ delayMs }) => delayMs)).toEqual([5_000])
    expect(world.record().nextAttemptAt?.getTime()).toBe(world.time.now() + 5_000)
  })

  it('gives up after eight attempts, says so, and leaves no step as if it went on', async () => {
    await world.accept(MANAGED, { attempts: 7 })
    world.createInWorkspace = away()
    expect(await receive(7)).toMatchObject({ kind: 'ended', record: { status: 'failed', attempts: 8 } })
    const { problem, steps } = world.record()
    expect(problem?.detail).toMatch(/gave up after 8 attempts.*The workspace is away\..*start the onboarding again/)
    expect(steps.map(({ status }) => status)).toEqual(['failed'])
    expect(JSON.stringify([problem, steps])).not.toContain('by itself')
    expect(world.messages).toEqual([])
  })

  it('skips every step that it never came to when it gives up', async () => {
    await world.accept(MANAGED, { attempts: 7 })
    world.lookAtWorkspace = away()
    await receive(7)
    expect(world.record().steps.map(({ status }) => status)).toEqual(['skipped'])
  })

  it('asks the configuration again, which may have changed meanwhile', async () => {
    await world.accept(MANAGED)
    const { databricks, ...config } = world.ports.config
    const outcome = await runOnboarding({ ...world.ports, config }, ID, { kind: 'message', attempt: 0 })
    expect(databricks).toBeDefined()
    expect(outcome).toMatchObject({
      kind: 'ended',
      record: { status: 'failed', problem: { code: 'not-allowed', issues: [{ path: 'databricks.workspace' }] } },
    })
  })

  it('keeps its audit rows on the day on which it was accepted', async () => {
    const createdAt = new Date(world.time.now() - 24 * 60 * MINUTE_MS)
    await world.accept(MANAGED, { createdAt })
    await receive(0)
    expect(world.audited.map(({ begunAt, entries }) => [begunAt, entries.map(({ outcome }) => outcome)])).toEqual([
      [createdAt, ['started']],
      [createdAt, ['done']],
    ])
  })
})

describe('a message', () => {
  it('that is behind its record is dropped, because a newer one is on its way', async () => {
    await world.accept(MANAGED, { status: 'running', attempts: 2 })
    expect(await receive(1)).toMatchObject({ kind: 'again' })
    expect(world.messages).toEqual([])
    expect(world.record()).toMatchObject({ attempts: 2, status: 'running' })
  })

  it('that comes too early comes back when it is time, and counts nothing', async () => {
    const nextAttemptAt = new Date(world.time.now() + 60_000)
    await world.accept(MANAGED, { status: 'running', attempts: 2, nextAttemptAt })
    await receive(2)
    expect(world.messages).toEqual([{ message: { onboardingId: ID, attempt: 2 }, delayMs: 60_000 }])
    expect(world.record().attempts).toBe(2)
  })

  it('comes back soon while somebody else is at work', async () => {
    await world.accept(MANAGED)
    world.isHeldElsewhere = true
    await receive(0)
    expect(world.messages).toEqual([{ message: { onboardingId: ID, attempt: 0 }, delayMs: 3_000 }])
  })

  it('sent twice makes one chain of attempts', async () => {
    await world.accept(MANAGED)
    world.lookAtWorkspace = away()
    await receive(0)
    await receive(0)
    expect(world.messages).toHaveLength(1)
    expect(world.record().attempts).toBe(1)
  })
})

describe('a call', () => {
  it('before the next attempt is due neither runs nor sends a message', async () => {
    await world.accept(MANAGED, { status: 'running', attempts: 1, nextAttemptAt: new Date(world.time.now() + 60_000) })
    expect(await call()).toMatchObject({ kind: 'again', afterMs: 60_000 })
    expect(world.messages).toEqual([])
    expect(world.record().attempts).toBe(1)
  })

  it('leaves an onboarding that is being worked on to whoever does', async () => {
    await world.accept(MANAGED, { status: 'running' })
    world.isHeldElsewhere = true
    expect(await call()).toMatchObject({ kind: 'again' })
    expect(world.messages).toEqual([])
  })

  it('that finds another one at work on the same thing has it gone on with soon', async () => {
    await world.accept(MANAGED)
    world.isHeldElsewhere = true
    await call()
    expect(world.messages).toHaveLength(1)
  })
})

describe('a single step', () => {
  it('looks only at itself and at what it needs', async () => {
    await world.accept(WHOLE, {}, 'application')
    world.lookAtWorkspace = async () => {
      throw new StewardError('upstream-denied', 'denied')
    }
    expect(await receive(0)).toMatchObject({ kind: 'ended', record: { status: 'succeeded' } })
  })
})

describe('the time of a run', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  /** Time passes, and the leases are renewed. */
  const pass = async (milliseconds: number): Promise<void> => {
    world.time.advance(milliseconds)
    await vi.advanceTimersByTimeAsync(milliseconds)
  }

  it('for changes begins when the look has ended, so that a slow look is not repeated for ever', async () => {
    await world.accept(MANAGED)
    world.lookAtWorkspace = () => pass(61_000)
    expect(await receive(0)).toMatchObject({ kind: 'ended', record: { status: 'succeeded' } })
  })

  it('is a call at most a minute and a half', async () => {
    await world.accept(MANAGED)
    const startedAt = world.time.elapsed()
    const deadlines: (number | undefined)[] = []
    world.lookAtWorkspace = async () => {
      deadlines.push(limits.getStore()?.deadline)
      await pass(50_000)
    }
    world.createInWorkspace = async () => {
      deadlines.push(limits.getStore()?.deadline)
    }
    await call()
    expect(deadlines.map((deadline) => (deadline ?? 0) - startedAt)).toEqual([60_000, 90_000])
  })

  it('bounds every write by the exclusion and the deadline', async () => {
    await world.accept(MANAGED)
    world.createInWorkspace = async () => {
      expect(limits.getStore()?.mayWrite).not.toThrow()
      await pass(61_000)
      limits.getStore()?.mayWrite?.()
    }
    expect(await receive(0)).toMatchObject({ kind: 'again' })
    expect(world.record()).toMatchObject({ attempts: 1 })
  })
})

describe('an instance that stops', () => {
  it('hands a run over at once, without counting an attempt', async () => {
    await world.accept(MANAGED)
    world.createInWorkspace = async () => {
      void world.draining.begin()
      throw new StewardError('outcome-unknown', 'no answer')
    }
    expect(await receive(0)).toMatchObject({ kind: 'again', afterMs: 0 })
    expect(world.messages).toEqual([{ message: { onboardingId: ID, attempt: 0 }, delayMs: 0 }])
    expect(world.record()).toMatchObject({ attempts: 0, status: 'running' })
  })

  it('begins no write any more', async () => {
    await world.accept(MANAGED)
    world.lookAtWorkspace = async () => void world.draining.begin()
    let isMade = false
    world.createInWorkspace = async () => {
      isMade = true
    }
    await receive(0)
    expect(isMade).toBe(false)
    expect(world.messages).toMatchObject([{ message: { attempt: 0 } }])
  })

  it('waits for what is under way, and wakes what sleeps', async () => {
    const ends: string[] = []
    const draining = createDraining({ ...world.time, sleep: () => new Promise(() => undefined) })
    const work = draining.watch(async () => {
      await draining.sleep(1)
      ends.push('work')
    })
    await draining.begin()
    ends.push('drained')
    await work
    expect(ends).toEqual(['work', 'drained'])
  })
})
