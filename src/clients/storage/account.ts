import type { TableClient } from '@azure/data-tables'
import type { TokenCredential } from '@azure/identity'
import type { ContainerClient } from '@azure/storage-blob'
import type { QueueClient } from '@azure/storage-queue'
import type { Settings } from '../../platform/config.ts'
import { rememberSuccess } from '../../platform/remember.ts'

export interface StorageAccountOptions {
  readonly source: Settings['storage']
  /** Called at the first use, and only for `kind: 'identity'`. */
  readonly loadCredential: () => Promise<TokenCredential>
  /** Of the cloud: `core.windows.net`. */
  readonly endpointSuffix: string
}

/** The SDKs' clients, each library loaded at its first use. */
export interface StorageAccount {
  table(name: string): Promise<TableClient>
  queue(name: string): Promise<QueueClient>
  container(name: string): Promise<ContainerClient>
}

/** The SDKs' own pauses between attempts reach two minutes; nobody who waits for an answer has that long. */
const FIRST_PAUSE_MS = 300
const LONGEST_PAUSE_MS = 3_000
const TABLE_RETRY = { maxRetries: 3, retryDelayInMs: FIRST_PAUSE_MS, maxRetryDelayInMs: LONGEST_PAUSE_MS }
const RETRY = { maxTries: 4, retryDelayInMs: FIRST_PAUSE_MS, maxRetryDelayInMs: LONGEST_PAUSE_MS }

/** Remembers each client, and with it the library, once made. */
export function openStorageAccount(options: StorageAccountOptions): StorageAccount {
  const { source, loadCredential, endpointSuffix } = options
  const credential = rememberSuccess(loadCredential)
  const urlOf = (service: string, accountName: string): string => `https://${accountName}.${service}.${endpointSuffix}`

  return {
    table: rememberSuccess(async (name) => {
      const { TableClient } = await import('@azure/data-tables')
      const retryOptions = TABLE_RETRY
      if (source.kind === 'identity') {
        return new TableClient(urlOf('table', source.accountName), name, await credential(), { retryOptions })
      }
      const { connectionString } = source
      // This SDK alone refuses plain http, which a connection string to an emulator asks for, unless told that it is meant.
      const allowInsecureConnection = /(^|;)\s*(TableEndpoint=http:|DefaultEndpointsProtocol=http;)/i.test(
        connectionString,
      )
      return TableClient.fromConnectionString(connectionString, name, { retryOptions, allowInsecureConnection })
    }),

    queue: rememberSuccess(async (name) => {
      const { QueueServiceClient } = await import('@azure/storage-queue')
      const service =
        source.kind === 'identity'
          ? new QueueServiceClient(urlOf('queue', source.accountName), await credential(), { retryOptions: RETRY })
          : QueueServiceClient.fromConnectionString(source.connectionString, { retryOptions: RETRY })
      return service.getQueueClient(name)
    }),

    container: rememberSuccess(async (name) => {
      const { BlobServiceClient } = await import('@azure/storage-blob')
      const service =
        source.kind === 'identity'
          ? new BlobServiceClient(urlOf('blob', source.accountName), await credential(), { retryOptions: RETRY })
          : BlobServiceClient.fromConnectionString(source.connectionString, { retryOptions: RETRY })
      return service.getContainerClient(name)
    }),
  }
}
