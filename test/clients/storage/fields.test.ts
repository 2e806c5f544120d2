import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumns, toColumns } from '../../../src/clients/storage/fields.ts'

/** What the SDK gives back for what it was given. */
const readBack = (columns: ReturnType<typeof toColumns>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      typeof value === 'object' && 'type' in value ? value.value : value,
    ]),
  )

const columnsOf = (text: string): string[] => Object.values(toColumns({ text })).map(String)

describe('fields of a row', () => {
  it('come back as they went, whatever their length', () => {
    const long = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 1, max: 40_000 }))
      .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)))
    const field = fc.oneof(
      fc.string({ unit: 'binary' }),
      long,
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.date({ noInvalidDate: true }),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z]{0,9}$/), field, { maxKeys: 5 }), (fields) => {
        const reserved = ['partitionKey', 'rowKey', 'etag', 'timestamp']
        fc.pre(!reserved.some((name) => name in fields))
        expect(fromColumns(readBack(toColumns(fields)))).toEqual(fields)
      }),
      { numRuns: 50 },
    )
  })

  it('have no column longer than a table takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 150_000 }), (length) => {
        const columns = columnsOf('x'.repeat(length))
        expect(Math.max(...columns.map((column) => column.length))).toBeLessThanOrEqual(32_768)
        expect(columns.length).toBe(Math.max(1, Math.ceil(length / 30_000)))
      }),
    )
  })

  it('are never cut through a character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), (shift) => {
        const columns = columnsOf('x'.repeat(shift) + '😀'.repeat(40_000))
        expect(columns.every((column) => column.isWellFormed())).toBe(true)
      }),
    )
  })

  it("leave out the row's own keys, tag and time", () => {
    const entity = { partitionKey: 'p', rowKey: 'r', etag: 'e', timestamp: 't', 'odata.metadata': 'm', name: 'etl' }
    expect(fromColumns(entity)).toEqual({ name: 'etl' })
  })
})
