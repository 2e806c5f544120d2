import { z } from 'zod'
import type { Table } from '../clients/storage/tables.ts'
import type { Time } from '../platform/time.ts'
import type { AuditTrail } from './audit.ts'
import type { IdempotencyStore } from './idempotency.ts'

/** Audit rows, a partition for each day on which work began, so that a day is read or thrown away as one. */
export function createAuditTrail(table: Table, time: Time): AuditTrail {
  return {
    record: async (begunAt, entries) => {
      if (entries.length === 0) return
      const at = new Date(time.now())
      const day = begunAt.toISOString().slice(0, 10)
      await table.upsertAll(
        day,
        entries.map(({ key, ...entry }) => ({ row: key, fields: { ...entry, at } })),
      )
    },
  }
}

const idempotencySchema = z.object({ fingerprint: z.string(), resourceId: z.string(), createdAt: z.coerce.date() })

/** Idempotency keys as rows: a partition for each caller and route. */
export function createIdempotencyStore(table: Table): IdempotencyStore {
  return {
    put: async (scope, key, entry, replaces) => {
      const fields = { ...entry }
      if (replaces === null) return (await table.insert(scope, key, fields)) === 'inserted'
      return (await table.replace(scope, key, fields, replaces)).kind === 'replaced'
    },
    get: async (scope, key) => {
      const row = await table.get(scope, key)
      return row && { entry: idempotencySchema.parse(row.fields), etag: row.etag }
    },
  }
}
