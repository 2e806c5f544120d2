import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeMs, fitLine, median } from '../../bench/statistics.ts'

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

describe('a line through points', () => {
  it('is the line that they lie on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100, max: 100 }),
        fc.integer({ min: -100, max: 100 }),
        fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2 }),
        (slope, intercept, xs) => {
          const fit = fitLine(xs.map((x) => ({ x, y: intercept + slope * x })))
          expect(fit.slope).toBeCloseTo(slope, 6)
          expect(fit.intercept).toBeCloseTo(intercept, 4)
          expect(fit.r2).toBeCloseTo(1, 6)
        },
      ),
    )
  })

  it('tells how much of their height it explains', () => {
    const points = [0, 1, 0, 1].map((y, x) => ({ x, y }))
    expect(fitLine(points)).toEqual({
      slope: expect.closeTo(0.2),
      intercept: expect.closeTo(0.2),
      r2: expect.closeTo(0.2),
    })
  })

  it('is refused for points that have none', () => {
    expect(() => fitLine([{ x: 1, y: 2 }])).toThrow(RangeError)
    expect(() => fitLine([])).toThrow(RangeError)
  })
})
