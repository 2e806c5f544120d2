import { expect, test } from 'vitest'
import { parseTimeSpanMs } from '../../../local/host/time-span.ts'

test.each([
  ['00:00:02', 2_000],
  ['00:10:00', 600_000],
  ['1.02:03:04', 93_784_000],
  ['00:00:00.5', 500],
])('the time span %s is %i ms', (text, ms) => {
  expect(parseTimeSpanMs(text)).toBe(ms)
})

test.each(['', '5', '00:61:00', '24:00:00', '*/5 * * * *'])('"%s" is no time span', (text) => {
  expect(parseTimeSpanMs(text)).toBeUndefined()
})
