import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatInvariantTime, rewriteTimes } from '../../../local/host/json-dates.ts'

const zone = process.env['TZ']
beforeEach(() => {
  process.env['TZ'] = 'UTC'
})
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

test.each([
  ['2024-01-01T02:00:00+02:00', '2024-01-01T00:00:00+00:00'],
  ['2024-01-01T00:00:00.1230000Z', '2024-01-01T00:00:00.123Z'],
  ['2024-01-01T00:00:00.0000000Z', '2024-01-01T00:00:00Z'],
  ['/Date(1700000000000)/', '2023-11-14T22:13:20Z'],
  ['2024-01-01T00:00Z', '2024-01-01T00:00Z'],
  ['2024-01-01T00:00:00.123456789Z', '2024-01-01T00:00:00.123456789Z'],
  ['2024-02-31T00:00:00Z', '2024-02-31T00:00:00Z'],
])('the string %s in an event arrives as %s', (sent, arrived) => {
  expect(rewriteTimes({ data: [sent] })).toEqual({ data: [arrived] })
})

test('a time in the metadata of a message loses its zone and fraction', () => {
  expect(formatInvariantTime('2024-05-06T07:08:09.123+02:00')).toBe('05/06/2024 05:08:09')
  expect(formatInvariantTime('2024-05-06')).toBe('2024-05-06')
})

test('an offset is turned into the zone of the host', () => {
  process.env['TZ'] = 'Asia/Kolkata'
  expect(rewriteTimes('2024-01-01T02:00:00+02:00')).toBe('2024-01-01T05:30:00+05:30')
})
