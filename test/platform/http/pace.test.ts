import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
  it('lets one second of requests go at once and the rest one interval apart', async () => {
    const time = createFrozenTime()
    const pace = createPace({ time, limitsOf: limitsOf(4) })
    await Promise.all(Array.from({ length: 7 }, () => pace('a.example', async () => undefined)))
    expect(time.waits).toEqual([250, 500, 750])
  })

  it('is forgotten after a quiet second', async () => {
    const time = { ...createFrozenTime(), elapsed: () => elapsed }
    let elapsed = 0
    const pace = createPace({ time, limitsOf: limitsOf(2) })
    for (elapsed of [0, 0, 5_000, 5_000]) await pace('a.example', async () => undefined)
    expect(time.waits).toEqual([])
  })

  it('is not used up by another host', async () => {
    const time = createFrozenTime()
    const pace = createPace({ time, limitsOf: limitsOf(1) })
    await Promise.all(['a.example', 'b.example'].map((host) => pace(host, async () => undefined)))
    expect(time.waits).toEqual([])
  })

  it('is never exceeded by more than the burst, whatever comes when', async () => {
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
            // What is left of a burst, and what the second itself allows.
            expect(withinOneSecond).toBeLessThanOrEqual(2 * requestsPerSecond)
          }
        },
      ),
    )
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
