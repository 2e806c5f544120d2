import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAYS, type MaintenanceWindow } from '../../src/platform/rotation-config.ts'
import { isInsideWindow, nextOpening } from '../../src/rotation/maintenance-window.ts'
import { watchMinutes } from './local-minutes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Havana', 'America/Santiago', 'America/Nuuk'],
  ...['America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Apia', 'Asia/Kathmandu', 'Etc/GMT+12'],
]

const windowIn = (timeZone: fc.Arbitrary<string>, minutes: fc.Arbitrary<number>): fc.Arbitrary<MaintenanceWindow> =>
  fc.record({
    days: fc.subarray([...DAYS], { minLength: 1 }),
    from: minutes.map((minute) => new Date(minute * MINUTE_MS).toISOString().slice(11, 16)),
    hours: fc.integer({ min: 1, max: 24 }),
    timeZone,
  })

describe('maintenance windows', () => {
  it('that are none let everything happen at any time', () => {
    const now = new Date('2026-03-29T01:00:00Z')
    expect([isInsideWindow([], now), nextOpening([], now)]).toEqual([true, null])
  })

  it.each<[string, [MaintenanceWindow['days'][number], string, number, string], string, string]>([
    ['on a plain day', ['tue', '22:00', 2, 'UTC'], '2026-06-02T22:00Z', '2026-06-03T00:00Z'],
    ['over midnight', ['sat', '23:00', 3, 'Europe/Berlin'], '2026-06-06T21:00Z', '2026-06-07T00:00Z'],
    ['over the end of a year', ['wed', '23:00', 2, 'America/New_York'], '2026-01-01T04:00Z', '2026-01-01T06:00Z'],
    ['45 minutes off', ['mon', '00:00', 1, 'Asia/Kathmandu'], '2025-01-05T18:15Z', '2025-01-05T19:15Z'],
    ['30 minutes off', ['mon', '00:00', 1, 'America/St_Johns'], '2025-01-06T03:30Z', '2025-01-06T04:30Z'],
    ['in a skipped hour', ['sun', '02:30', 1, 'Europe/Berlin'], '2025-03-30T01:00Z', '2025-03-30T02:00Z'],
    ['over a skipped hour', ['sat', '22:00', 6, 'Europe/Berlin'], '2025-03-29T21:00Z', '2025-03-30T03:00Z'],
    ['in a doubled hour', ['sun', '02:30', 1, 'Europe/Berlin'], '2025-10-26T00:30Z', '2025-10-26T01:30Z'],
    ['over a doubled hour', ['sat', '22:00', 6, 'Europe/Berlin'], '2025-10-25T20:00Z', '2025-10-26T02:00Z'],
    ['in a doubled half hour', ['sun', '01:45', 1, 'Australia/Lord_Howe'], '2025-04-05T14:45Z', '2025-04-05T15:45Z'],
    ['in a skipped midnight', ['sun', '00:00', 1, 'America/Santiago'], '2025-09-07T04:00Z', '2025-09-07T05:00Z'],
    ['in a doubled midnight', ['sun', '00:30', 1, 'America/Havana'], '2025-11-02T04:30Z', '2025-11-02T05:30Z'],
    [
      'in the last, skipped hour of a day',
      ['sat', '23:15', 1, 'America/Nuuk'],
      '2025-03-30T01:00Z',
      '2025-03-30T02:00Z',
    ],
    [
      'for a day, to the one after the next',
      ['sat', '23:30', 24, 'Europe/Berlin'],
      '2025-03-29T22:30Z',
      '2025-03-30T22:30Z',
    ],
    ['on a day that the calendar skips', ['fri', '12:00', 1, 'Pacific/Apia'], '2011-12-30T10:00Z', '2011-12-30T11:00Z'],
  ])('open and close %s', (_what, [day, from, hours, timeZone], opens, closes) => {
    const windows = [{ days: [day], from, hours, timeZone }]
    const [start, end] = [new Date(opens).getTime(), new Date(closes).getTime()]
    const inside = [start - 1, start, end - 1, end].map((nowMs) => isInsideWindow(windows, new Date(nowMs)))
    expect(inside).toEqual([false, true, true, false])
    for (const nowMs of [start - 1, start - HOUR_MS, start - 6 * DAY_MS + 2 * HOUR_MS]) {
      expect(nextOpening(windows, new Date(nowMs))).toEqual(new Date(start))
    }
    for (const nowMs of [start, end - 1]) expect(nextOpening(windows, new Date(nowMs))).toEqual(new Date(nowMs))
  })

  it('open next at a time that is not before now, is inside, and has nothing inside before it', () => {
    const anyWindow = windowIn(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 1439 }))
    const anyTime = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 5 })
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 3 }), anyTime, fractions, (windows, now, between) => {
        const opening = nextOpening(windows, now)?.getTime() ?? Number.NaN
        const waitMs = opening - now.getTime()
        expect(waitMs).toBeGreaterThanOrEqual(0)
        // A week, and the hour or the day by which the clocks were changed.
        expect(waitMs).toBeLessThanOrEqual(8 * DAY_MS)
        expect(isInsideWindow(windows, new Date(opening))).toBe(true)
        expect(isInsideWindow(windows, now)).toBe(waitMs === 0)
        if (waitMs === 0) return
        const outside = [opening - 1, ...between.map((fraction) => now.getTime() + Math.floor(fraction * waitMs))]
        for (const at of outside) expect(isInsideWindow(windows, new Date(at))).toBe(false)
      }),
    )
  })

  it.each([
    ['Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25'],
    ['America/New_York', '2026-03-08'],
    ['America/Havana', '2026-11-01'],
    ['America/Santiago', '2026-04-05'],
    ['America/Santiago', '2026-09-06'],
    ['America/Nuuk', '2026-03-29'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['Pacific/Chatham', '2026-04-05'],
    ['Pacific/Apia', '2011-12-31'],
    ['Asia/Kathmandu', '2026-01-01'],
  ])('are those that somebody sees who watches the clock, in %s around %s', (timeZone, date) => {
    const middle = new Date(date).getTime()
    const minutes = watchMinutes(timeZone, middle - 6 * DAY_MS, 18)
    // Half of them begin in the hours around midnight to three, where clocks are changed.
    const minute = fc.oneof(
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: -75, max: 195 }).map((late) => (late + 1440) % 1440),
    )
    const windows = fc.array(windowIn(fc.constant(timeZone), minute), { minLength: 1, maxLength: 2 })
    const someTime = fc.integer({ min: -3 * 1440, max: 3 * 1440 }).map((offset) => middle + offset * MINUTE_MS)
    fc.assert(
      fc.property(windows, fc.array(someTime, { maxLength: 10 }), (maintenance, times) => {
        const seen = maintenance.flatMap(({ days, from, hours }) =>
          minutes
            .filter(({ day, time }) => time === from && days.some((one) => one === day))
            .map(({ atMs }) => ({ startMs: atMs, endMs: atMs + hours * HOUR_MS })),
        )
        const edges = seen.flatMap(({ startMs, endMs }) => [startMs - 1, startMs, endMs - 1, endMs])
        const near = [...times, ...edges].filter((at) => Math.abs(at - middle) <= 3 * DAY_MS)
        for (const at of near) {
          const isSeen = seen.some(({ startMs, endMs }) => startMs <= at && at < endMs)
          const later = seen.map(({ startMs }) => startMs).filter((startMs) => startMs > at)
          const now = new Date(at)
          expect([now, isInsideWindow(maintenance, now)]).toEqual([now, isSeen])
          expect([now, nextOpening(maintenance, now)?.getTime()]).toEqual([now, isSeen ? at : Math.min(...later)])
        }
      }),
      // Each run looks at every edge of a week.
      { numRuns: 30 },
    )
  })
})
