import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeMs, median } from '../../bench/statistics.ts'

describe('median', () => {
  it('is the middle value, however the values are ordered', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 9, 100])).toBe(10)
  })

  it('is halfway between the two in the middle', () => expect(median([4, 1, 2, 100])).toBe(3))

  it('is refused for no values', () => expect(() => median([])).toThrow(RangeError))

  it('leaves as many values below as above, and the values as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values]
        const middle = median(values)
        const below = values.filter((value) => value < middle).length
        const above = values.filter((value) => value > middle).length
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2)
        expect(values).toEqual(before)
      }),
    )
  })
})

it('tells the median with the range around it', () => expect(describeMs([3, 1, 2.25])).toBe('2.3 ms (1.0 to 3.0)'))
