import { z } from 'zod'
import type { Table } from '../clients/storage/tables.ts'
import type { Log } from '../platform/log.ts'
import type { CredentialRef, CredentialStatus, HistoryEntry, StatusStore } from './status.ts'

/** More than a vault can sensibly hold; a list is read whole. */
const EVERYTHING = 1_000_000

/** A row for each vault whose index is complete. */
const INDEXED_PARTITION = 'indexed'

const rowSchema = z.object({ record: z.string() })
const date = z.coerce.date()

/** What every version of Steward relies on before it looks any closer. */
const statusSchema = z.looseObject({
  vaultUrl: z.string(),
  secretName: z.string(),
  lastOutcome: z.looseObject({ at: date }).nullable(),
  failure: z.looseObject({ since: date, nextTryAt: date }).nullable(),
  lookedAt: date.nullable(),
  stillUsedUntil: date.nullable(),
})
const historySchema = z.looseObject({ at: date, action: z.string(), reason: z.string() })

const FAR_DAY_MS = 9_999_999_999_999

/** Statuses as rows, a partition for each vault; history as rows, a partition for each credential, newest first. */
export function createStatusStore(
  { statuses, history }: { readonly statuses: Table; readonly history: Table },
  log: Log,
): StatusStore {
  return {
    get: async (ref) => {
      const row = await statuses.get(hostOf(ref.vaultUrl), rowOf(ref))
      return row && readStatus(row.fields)
    },
    put: async (changed) => {
      const byVault = Map.groupBy(changed, ({ vaultUrl }) => hostOf(vaultUrl))
      for (const [host, rows] of byVault) {
        await statuses.upsertAll(
          host,
          rows.map((status) => ({ row: rowOf(status), fields: { record: JSON.stringify(status) } })),
        )
      }
    },
    list: async (vaultUrl) => {
      const rows = await statuses.list(hostOf(vaultUrl), { limit: EVERYTHING })
      const known = new Map<string, CredentialStatus>()
      for (const { row, fields } of rows) {
        try {
          const status = readStatus(fields)
          if (status) known.set(row, status)
        } catch (error) {
          // What is damaged is made again from the vault.
          log.error('credential-status-unreadable', { vaultUrl, secretName: row, error })
        }
      }
      return known
    },
    forget: (ref) => statuses.upsertAll(hostOf(ref.vaultUrl), [{ row: rowOf(ref), fields: { record: 'null' } }]),
    isIndexed: async (vaultUrl) => (await statuses.get(INDEXED_PARTITION, hostOf(vaultUrl))) !== null,
    setIndexed: (vaultUrl) =>
      statuses.upsertAll(INDEXED_PARTITION, [{ row: hostOf(vaultUrl), fields: { record: 'null' } }]),
    addHistory: (ref, entry) => {
      const row = `${String(FAR_DAY_MS - entry.at.getTime()).padStart(13, '0')}-${entry.action}`
      return history.upsertAll(historyPartition(ref), [{ row, fields: { record: JSON.stringify(entry) } }])
    },
    listHistory: async (ref, limit) => {
      const rows = await history.list(historyPartition(ref), { limit })
      return rows.map(
        ({ fields }) => historySchema.parse(JSON.parse(rowSchema.parse(fields).record)) as unknown as HistoryEntry,
      )
    },
  }
}

function hostOf(vaultUrl: string): string {
  return new URL(vaultUrl).hostname
}

function rowOf({ secretName }: Pick<CredentialRef, 'secretName'>): string {
  return secretName.toLowerCase()
}

function historyPartition(ref: CredentialRef): string {
  return `${hostOf(ref.vaultUrl)}|${rowOf(ref)}`
}

/** Null for one that was forgotten. Only Steward writes these rows, and a version of it reads what earlier ones wrote. */
function readStatus(fields: unknown): CredentialStatus | null {
  const record: unknown = JSON.parse(rowSchema.parse(fields).record)
  return record === null ? null : (statusSchema.parse(record) as unknown as CredentialStatus)
}
