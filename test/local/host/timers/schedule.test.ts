import { expect, test } from 'vitest'
import { isTooShortToMonitor, listNext, parseSchedule } from '../../../../local/host/timers/schedule.ts'

const now = new Date('2026-11-20T12:00:30Z')
const nextOf = (expression: string) => parseSchedule(expression).next(now).toISOString()

test.each([
  ['0 30 4 * * 1-5', '2026-11-23T04:30:00.000Z'],
  ['*/2 * * * * *', '2026-11-20T12:00:32.000Z'],
  ['*/5 * * * *', '2026-11-20T12:05:00.000Z'],
  ['0 0 0 1 JAN *', '2027-01-01T00:00:00.000Z'],
  ['00:00:03', '2026-11-20T12:00:33.000Z'],
])('after 12:00:30 the schedule %s is due at %s', (expression, next) => {
  expect(nextOf(expression)).toBe(next)
})

test('day of month and day of week must both match', () => {
  expect(nextOf('0 0 0 13 * FRI')).toBe('2027-08-13T00:00:00.000Z')
})

test.each(['every minute', '0 0 0 1 1 * 2030', '0 0 0 ? * *', '0 0 0 L * *', '60 * * * * *', ''])(
  '"%s" is refused',
  (expression) => {
    expect(() => parseSchedule(expression)).toThrow(/neither an NCRONTAB expression nor a time span/)
  },
)

test('the next occurrences follow each other', () => {
  const next = listNext(parseSchedule('0 0 * * * *'), now, 2).map((time) => time.toISOString())
  expect(next).toEqual(['2026-11-20T13:00:00.000Z', '2026-11-20T14:00:00.000Z'])
})

test.each([
  ['*/30 * * * * *', true],
  ['00:00:59', true],
  ['0 * * * * *', false],
  ['0,20 0 * * * *', true],
  ['00:01:00', false],
])('whether %s is too short to be monitored: %s', (expression, isTooShort) => {
  expect(isTooShortToMonitor(parseSchedule(expression), now)).toBe(isTooShort)
})
