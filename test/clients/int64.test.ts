import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { int64Id, parseExactly, toJsonNumber } from '../../src/clients/int64.ts'

const ids = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)

describe('ids of 64 bits', () => {
  it('go out as numbers and come back with every digit', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const json = JSON.stringify({ job_id: toJsonNumber(id) })
        expect(json).toBe(`{"job_id":${id}}`)
        const { job_id } = parseExactly(json) as { job_id: unknown }
        expect(int64Id.parse(job_id)).toBe(id)
      }),
    )
  })

  it('may be text already', () => {
    expect(int64Id.parse('9007199254740993')).toBe('9007199254740993')
  })

  it.each(['1.5', '-1', '1e20', '"x"', '"1x"', '""', 'null', 'true', '9'.repeat(30), '-9007199254740993'])(
    'are not %s',
    (json) => {
      expect(int64Id.safeParse(parseExactly(json)).success).toBe(false)
    },
  )

  it.each(['', '1.5', '-1', '1e5', 'x', '1,"a":2', '9'.repeat(21)])('are not made from %j', (text) => {
    expect(() => toJsonNumber(text)).toThrow(TypeError)
  })
})

describe('reading JSON exactly', () => {
  it('leaves everything else as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value)
        fc.pre(!/\d{16}/.test(json))
        expect(parseExactly(json)).toEqual(JSON.parse(json))
      }),
    )
  })
})
