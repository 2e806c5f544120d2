import type { Right } from '../right.ts'
import { openStorageAccount, type StorageAccountOptions } from './account.ts'
import { explainStorageError } from './errors.ts'
import { createLeases, type Leases } from './leases.ts'
import { withinTime } from './place.ts'
import { createQueues, type Queues } from './queues.ts'
import { STORAGE_RIGHTS } from './rights.ts'
import { createTable, type Table } from './tables.ts'

export interface StorageOptions extends StorageAccountOptions {
  readonly tables: readonly string[]
  readonly queues: readonly string[]
  readonly leaseContainer: string
}

/** Steward's own storage account: rows, messages and leases. */
export interface Storage {
  table(name: string): Table
  readonly queues: Queues
  readonly leases: Leases
  /** Makes what is missing of the tables, queues and the container; the first call that misses one does so by itself. */
  ensure(): Promise<void>
}

/** Sends nothing and loads no SDK until the first call. */
export function createStorage(options: StorageOptions): Storage {
  const { tables, queues, leaseContainer } = options
  const account = openStorageAccount(options)

  const ensure = async (): Promise<void> => {
    await Promise.all([
      ...tables.map((name) =>
        explain(STORAGE_RIGHTS.tables, async () => (await account.table(name)).createTable(withinTime())),
      ),
      ...queues.map((name) =>
        explain(STORAGE_RIGHTS.queues, async () => (await account.queue(name)).createIfNotExists(withinTime())),
      ),
      explain(STORAGE_RIGHTS.leases, async () => {
        await (await account.container(leaseContainer)).createIfNotExists(withinTime())
      }),
    ])
  }

  return {
    table: (name) => createTable(account, name, ensure),
    queues: createQueues(account, ensure),
    leases: createLeases(account, leaseContainer, ensure),
    ensure,
  }
}

async function explain(right: Right, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    throw explainStorageError(thrown, right)
  }
}
