import type { StorageAccount } from './account.ts'
import { readRefusal } from './errors.ts'
import { type Fields, fromColumns, toColumns } from './fields.ts'
import { inPlace, withinTime } from './place.ts'
import { STORAGE_RIGHTS } from './rights.ts'

/** A row and the tag of what it was when it was read. */
interface Row {
  readonly row: string
  readonly fields: Fields
  readonly etag: string
}

type ReplaceOutcome =
  | { readonly kind: 'replaced'; readonly etag: string }
  | { readonly kind: 'changed-meanwhile' }
  | { readonly kind: 'missing' }

/**
 * One table (https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api). Keys must not hold / \ # ? or
 * control characters. The SDK repeats calls whose answer was lost, so `already-there` and `changed-meanwhile` may be our
 * own doing. Every call throws `upstream-denied`, `upstream-rejected` and `upstream-unavailable`.
 */
export interface Table {
  insert(partition: string, row: string, fields: Fields): Promise<'inserted' | 'already-there'>
  get(partition: string, row: string): Promise<Row | null>
  /** The whole row, unless it is no longer what `etag` names. */
  replace(partition: string, row: string, fields: Fields, etag: string): Promise<ReplaceOutcome>
  /** The first rows of a partition, in the order of their keys. */
  list(partition: string, range: { limit: number }): Promise<Row[]>
  /** Writes rows whole, whether they are there or not; all or none of each hundred. */
  upsertAll(partition: string, rows: readonly { row: string; fields: Fields }[]): Promise<void>
}

/** What a transaction holds at most. */
const TRANSACTION_SIZE = 100
/** What one answer holds at most. */
const MAX_PAGE_SIZE = 1000

/** Binds the calls to one table. */
export function createTable(account: StorageAccount, name: string, ensure: () => Promise<void>): Table {
  const run = <T>(work: () => Promise<T>): Promise<T> => inPlace(ensure, STORAGE_RIGHTS.tables, work)
  const entityOf = (partition: string, row: string, fields: Fields) => ({
    ...toColumns(fields),
    partitionKey: partition,
    rowKey: row,
  })

  return {
    insert: (partition, row, fields) =>
      run(async () => {
        const table = await account.table(name)
        try {
          await table.createEntity(entityOf(partition, row, fields), withinTime())
          return 'inserted'
        } catch (thrown) {
          if (readRefusal(thrown).code === 'EntityAlreadyExists') return 'already-there'
          throw thrown
        }
      }),

    get: (partition, row) =>
      run(async () => {
        const table = await account.table(name)
        try {
          return toRow(await table.getEntity(partition, row, withinTime()))
        } catch (thrown) {
          if (readRefusal(thrown).code === 'ResourceNotFound') return null
          throw thrown
        }
      }),

    replace: (partition, row, fields, etag) =>
      run(async () => {
        const table = await account.table(name)
        try {
          const answer = await table.updateEntity(entityOf(partition, row, fields), 'Replace', {
            etag,
            ...withinTime(),
          })
          return { kind: 'replaced', etag: answer.etag ?? '' }
        } catch (thrown) {
          const { status, code } = readRefusal(thrown)
          if (status === 412) return { kind: 'changed-meanwhile' }
          if (code === 'ResourceNotFound') return { kind: 'missing' }
          throw thrown
        }
      }),

    list: (partition, { limit }) =>
      run(async () => {
        const [table, { odata }] = await Promise.all([account.table(name), import('@azure/data-tables')])
        const rows: Row[] = []
        const pages = table
          .listEntities({ queryOptions: { filter: odata`PartitionKey eq ${partition}` }, ...withinTime() })
          .byPage({ maxPageSize: Math.min(limit, MAX_PAGE_SIZE) })
        for await (const page of pages) {
          rows.push(...page.map(toRow))
          if (rows.length >= limit) break
        }
        return rows.slice(0, limit)
      }),

    upsertAll: async (partition, rows) => {
      for (let start = 0; start < rows.length; start += TRANSACTION_SIZE) {
        const batch = rows.slice(start, start + TRANSACTION_SIZE)
        await run(async () => {
          const table = await account.table(name)
          const [first, ...others] = batch
          if (first && others.length === 0) {
            // The same without a transaction around it, which takes several times the work on both sides.
            await table.upsertEntity(entityOf(partition, first.row, first.fields), 'Replace', withinTime())
            return
          }
          await table.submitTransaction(
            batch.map(({ row, fields }) => ['upsert', entityOf(partition, row, fields), 'Replace']),
            withinTime(),
          )
        })
      }
    },
  }
}

function toRow(entity: { rowKey?: string; etag?: string }): Row {
  return { row: entity.rowKey ?? '', etag: entity.etag ?? '', fields: fromColumns({ ...entity }) }
}
