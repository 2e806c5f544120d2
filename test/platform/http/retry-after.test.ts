import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../../src/platform/http/retry-after.ts'

const now = Date.UTC(2026, 0, 1, 12, 0, 0)

describe('the wait that a Retry-After header asks for', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['1.5', 1_500],
    [' 3 ', 3_000],
    ['-5', 0],
    ['Thu, 01 Jan 2026 12:00:10 GMT', 10_000],
    ['Thu, 01 Jan 2026 11:59:00 GMT', 0],
  ])('is, for "%s", %i ms', (header, wait) => {
    expect(parseRetryAfter(header, now)).toBe(wait)
  })

  it.each([undefined, '', ' ', 'soon', 'Infinity'])('is unknown for "%s"', (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined()
  })
})
