import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StewardError } from '../../../src/platform/errors.ts'
import { createPace } from '../../../src/platform/http/pace.ts'
import type { Time } from '../../../src/platform/time.ts'
import { createManualTime } from '../../support/manual-time.ts'

/** Everybody who sleeps does so from the same moment. */
function createFrozenTime(): Time & { waits: number[] } {
  const waits: number[] = []
  return {
    ...createManualTime(),
    waits,
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
  }
}

const limitsOf =
  (requestsPerSecond: number, concurrency = 1_000) =>
  () => ({ requestsPerSecond, concurrency })

describe('the rate of a host', () => {
  it('lets a third of a second go at once, the rest soon after, and each later one a second after the one that many before', async () => {
    const time = createFrozenTime()
    const pace = createPace({ time, limitsOf: limitsOf(6) })
    await Promise.all(Array.from({ length: 13 }, () => pace('a.example', async () => undefined)))
    const [second, third] = [1000 / 6, 1000 / 3]
    const first = [second, second, third, third]
    const later = [0, 0, second, second, third, third].map((wait) => 1020 + wait)
    expect(time.waits.map(Math.round)).toEqual([...first, ...later, 2040].map(Math.round))
  })

  it('is forgotten after a quiet second', async () => {
    const time = { ...createFrozenTime(), elapsed: () => elapsed }
    let elapsed = 0
    const pace = createPace({ time, limitsOf: limitsOf(6) })
    for (elapsed of [0, 0, 5_000, 5_000]) await pace('a.example', async () => undefined)
    expect(time.waits).toEqual([])
  })

  it('is not used up by another host', async () => {
    const time = createFrozenTime()
    const pace = createPace({ time, limitsOf: limitsOf(1) })
    await Promise.all(['a.example', 'b.example'].map((host) => pace(host, async () => undefined)))
    expect(time.waits).toEqual([])
  })

  it('is never exceeded in any second, whatever comes when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        async (requestsPerSecond, gaps) => {
          let elapsed = 0
          const starts: number[] = []
          const time: Time = {
            ...createManualTime(),
            elapsed: () => elapsed,
            sleep: async (milliseconds) => {
              elapsed += milliseconds
            },
          }
          const pace = createPace({ time, limitsOf: limitsOf(requestsPerSecond) })
          for (const gap of gaps) {
            elapsed += gap
            await pace('a.example', async () => starts.push(elapsed))
          }
          for (const [index, start] of starts.entries()) {
            const withinOneSecond = starts.slice(0, index + 1).filter((other) => start - other < 1000).length
            expect(withinOneSecond).toBeLessThanOrEqual(requestsPerSecond)
          }
        },
      ),
    )
  })
})

describe('a rate that is no whole number', () => {
  it('is kept on average, with no more in any second than the next whole number', async () => {
    const time = createManualTime()
    const pace = createPace({ time, limitsOf: limitsOf(2.5) })
    const starts: number[] = []
    for (let count = 0; count < 25; count++) await pace('a.example', async () => starts.push(time.elapsed()))
    expect(starts.at(-1)).toBeCloseTo(8 * (3 / 2.5) * 1020)
    for (const start of starts) {
      expect(starts.filter((other) => other <= start && start - other < 1000).length).toBeLessThanOrEqual(3)
    }
  })
})

describe('a rate that others use too', () => {
  const refuse = (): Promise<never> => Promise.reject(new StewardError('upstream-throttled', 'too fast'))

  /** How many of 20 begin within the first second. */
  async function countBurst(pace: ReturnType<typeof createPace>, time: ReturnType<typeof createManualTime>) {
    time.advance(1_020)
    const began = time.elapsed()
    let burst = 0
    for (let count = 0; count < 20; count++) {
      await pace('a.example', async () => {
        if (time.elapsed() - began < 1_000) burst++
      })
    }
    return burst
  }

  it('is left to them by one request a second for each refusal, down to one', async () => {
    const time = createManualTime()
    const pace = createPace({ time, limitsOf: limitsOf(10) })
    for (let count = 0; count < 4; count++) await expect(pace('a.example', refuse)).rejects.toThrow('too fast')
    expect(await countBurst(pace, time)).toBe(6)
    for (let count = 0; count < 40; count++) await expect(pace('a.example', refuse)).rejects.toThrow('too fast')
    expect(await countBurst(pace, time)).toBe(1)
  })

  it('is taken back within a quarter of a minute', async () => {
    const time = createManualTime()
    const pace = createPace({ time, limitsOf: limitsOf(10) })
    for (let count = 0; count < 10; count++) await pace('a.example', refuse).catch(() => undefined)
    time.advance(15_000)
    expect(await countBurst(pace, time)).toBe(10)
  })

  it('is not left to them for another failure', async () => {
    const time = createManualTime()
    const pace = createPace({ time, limitsOf: limitsOf(10) })
    for (let count = 0; count < 5; count++) await pace('a.example', () => Promise.reject(new Error())).catch(() => {})
    expect(await countBurst(pace, time)).toBe(10)
  })
})

describe('the concurrency of a host', () => {
  it('is the most that is under way at once', async () => {
    const pace = createPace({ time: createFrozenTime(), limitsOf: limitsOf(1_000, 3) })
    let underway = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 20 }, () =>
        pace('a.example', async () => {
          underway++
          most = Math.max(most, underway)
          await new Promise((resolve) => setImmediate(resolve))
          underway--
        }),
      ),
    )
    expect(most).toBe(3)
  })

  it('is given back by work that fails', async () => {
    const pace = createPace({ time: createFrozenTime(), limitsOf: limitsOf(1_000, 1) })
    await expect(pace('a.example', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await pace('a.example', async () => 'yes')).toBe('yes')
  })
})
