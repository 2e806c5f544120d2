import { z } from 'zod'
import type { Table } from '../clients/storage/tables.ts'
import { StewardError } from '../platform/errors.ts'
import type { OnboardingRecord, OnboardingStore } from './record.ts'

/** One partition: ids sort newest first, so a list is the head of it. */
const PARTITION = 'onboarding'

const storedSchema = z.object({ record: z.string() })

/** Onboardings as rows of a table: the record is one JSON column, because nothing but the id is ever searched for. */
export function createOnboardingStore(table: Table): OnboardingStore {
  return {
    insert: async (record) => {
      // A row that is there already is our own: ids are made of chance, and storage may repeat a call whose answer was lost.
      await table.insert(PARTITION, record.onboardingId, toFields(record))
    },
    get: async (onboardingId) => {
      const row = await table.get(PARTITION, onboardingId)
      return row && { record: fromFields(row.fields), etag: row.etag }
    },
    replace: async (record, etag) => {
      const outcome = await table.replace(PARTITION, record.onboardingId, toFields(record), etag)
      if (outcome.kind === 'replaced') return outcome.etag
      throw new StewardError('lease-lost', `Onboarding ${record.onboardingId} was changed by somebody else meanwhile.`)
    },
    list: async (limit) => {
      const rows = await table.list(PARTITION, { limit })
      return rows.map(({ fields }) => fromFields(fields))
    },
  }
}

function toFields(record: OnboardingRecord): Record<string, string> {
  return { name: record.request.name, status: record.status, record: JSON.stringify(record) }
}

/** Only Steward writes these rows, and a version of it reads what earlier ones wrote. */
function fromFields(fields: unknown): OnboardingRecord {
  const record = JSON.parse(storedSchema.parse(fields).record) as OnboardingRecord
  return {
    ...record,
    createdAt: new Date(record.createdAt),
    updatedAt: new Date(record.updatedAt),
    nextAttemptAt: record.nextAttemptAt && new Date(record.nextAttemptAt),
  }
}
