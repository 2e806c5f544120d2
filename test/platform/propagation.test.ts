import { describe, expect, it } from 'vitest'
import { createOnce } from '../../src/onboarding/create-once.ts'
import { StewardError } from '../../src/platform/errors.ts'
import { waitForPropagation } from '../../src/platform/propagation.ts'
import { createManualTime } from '../support/manual-time.ts'

const FOREVER = Number.POSITIVE_INFINITY

describe('waiting for propagation', () => {
  it('asks until the answer is there, ever more slowly', async () => {
    const time = createManualTime()
    const answers = [undefined, undefined, undefined, 'there']
    const wait = { patience: { time, deadline: FOREVER }, subject: 'It', attempt: async () => answers.shift() }
    expect(await waitForPropagation(wait)).toBe('there')
    expect(time.sleeps).toEqual([250, 500, 1000])
  })

  it('ends at its bound with a failure that is worth another try', async () => {
    const time = createManualTime()
    const wait = {
      patience: { time, deadline: FOREVER },
      subject: 'It',
      attempt: async () => undefined,
      boundMs: 10_000,
    }
    await expect(waitForPropagation(wait)).rejects.toMatchObject({ code: 'not-propagated', retryable: true })
    expect(time.elapsed()).toBeLessThanOrEqual(10_000)
  })

  it('ends at the deadline of the run, when that is sooner', async () => {
    const time = createManualTime()
    const wait = { patience: { time, deadline: 2_000 }, subject: 'It', attempt: async () => undefined }
    await expect(waitForPropagation(wait)).rejects.toThrow(/It is not ready/)
    expect(time.elapsed()).toBeLessThanOrEqual(2_000)
  })

  it('ends at once when the instance is about to stop', async () => {
    const time = createManualTime()
    const patience = { time, deadline: FOREVER, shouldStop: () => true }
    await expect(waitForPropagation({ patience, subject: 'It', attempt: async () => undefined })).rejects.toMatchObject(
      {
        code: 'busy',
      },
    )
    expect(time.sleeps).toEqual([])
  })

  it('lets every error through at once', async () => {
    const time = createManualTime()
    const attempt = async () => {
      throw new StewardError('upstream-denied', 'no')
    }
    await expect(waitForPropagation({ patience: { time, deadline: FOREVER }, subject: 'It', attempt })).rejects.toThrow(
      'no',
    )
    expect(time.sleeps).toEqual([])
  })
})

describe('creating a thing that cannot be there twice', () => {
  const run = (create: () => Promise<string>, find: () => Promise<string | null>, guard = () => undefined) =>
    createOnce({ create, find, guard, subject: 'It', patience: { time: createManualTime(), deadline: FOREVER } })
  const inTurn = <T>(...outcomes: (T | Error)[]) => {
    const calls = { count: 0 }
    return Object.assign(calls, {
      next: async () => {
        const outcome = outcomes[calls.count++]
        if (outcome instanceof Error) throw outcome
        return outcome as T
      },
    })
  }

  it('tries again after a lost answer, and takes what it then finds', async () => {
    const create = inTurn<string>(new StewardError('outcome-unknown', 'lost'), 'already-exists')
    expect(await run(create.next, async () => 'found')).toEqual({ thing: 'found', wasThere: false })
    expect(create.count).toBe(2)
  })

  it('never creates again once it knows that it is there', async () => {
    const create = inTurn<string>('already-exists')
    const find = inTurn<string | null>(null, null, 'visible at last')
    expect(await run(create.next, find.next)).toEqual({ thing: 'visible at last', wasThere: true })
    expect([create.count, find.count]).toEqual([1, 3])
  })

  it('waits while what it builds on is not yet there', async () => {
    const create = inTurn('not-yet', 'not-yet', 'made')
    expect(await run(create.next, async () => null)).toEqual({ thing: 'made', wasThere: false })
  })

  it('asks the guard before every attempt', async () => {
    const create = inTurn('not-yet', 'made')
    let asked = 0
    const guard = () => {
      asked += 1
      if (asked === 2) throw new StewardError('lease-lost', 'gone')
      return undefined
    }
    await expect(run(create.next, async () => null, guard)).rejects.toThrow('gone')
    expect(create.count).toBe(1)
  })
})
