import { z } from 'zod'
import type { Table } from '../clients/storage/tables.ts'
import { StewardError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import { isNewer, type Latest, type OnboardingRecord, type OnboardingStore } from './record.ts'

/** One partition: ids sort newest first, so a list is the head of it. */
const PARTITION = 'onboarding'

/** A row for each name: which record is the newest of it. */
const LATEST_PARTITION = 'latest'

const latestSchema = z.object({ onboardingId: z.string(), direction: z.enum(['onboarding', 'offboarding']) })

const storedSchema = z.object({ record: z.string() })

/** What every version of Steward relies on before it looks any closer. */
const recordSchema = z.looseObject({
  onboardingId: z.string(),
  direction: z.string().default('onboarding'),
  request: z.looseObject({ name: z.string() }),
  status: z.string(),
  createdAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
  nextAttemptAt: z.coerce.date().nullable(),
  steps: z.array(z.looseObject({ step: z.string() })),
  facts: z.looseObject({}),
})

/** Onboardings as rows of a table: the record is one JSON column, because nothing but the id is ever searched for. */
export function createOnboardingStore(table: Table, log: Log): OnboardingStore {
  const getLatest = async (name: string): Promise<Latest | null> => {
    const row = await table.get(LATEST_PARTITION, name)
    return row && latestSchema.parse(row.fields)
  }
  return {
    getLatest,
    setLatest: async (name, { onboardingId, direction }) => {
      const known = await getLatest(name)
      if (known && isNewer(known.onboardingId, onboardingId)) return
      await table.upsertAll(LATEST_PARTITION, [{ row: name, fields: { onboardingId, direction } }])
    },
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
      return rows.flatMap(({ row, fields }) => {
        try {
          return [fromFields(fields)]
        } catch (error) {
          // One row that somebody damaged must not hide all the others.
          log.error('onboarding-unreadable', { onboardingId: row, error })
          return []
        }
      })
    },
  }
}

function toFields(record: OnboardingRecord): Record<string, string> {
  return { name: record.request.name, status: record.status, record: JSON.stringify(record) }
}

/** Only Steward writes these rows, and a version of it reads what earlier ones wrote. */
function fromFields(fields: unknown): OnboardingRecord {
  const record: unknown = JSON.parse(storedSchema.parse(fields).record)
  return recordSchema.parse(record) as unknown as OnboardingRecord
}
