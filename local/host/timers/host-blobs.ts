import type { BlobLeaseClient, BlockBlobClient, ContainerClient } from '@azure/storage-blob'
import { formatStatus, parseStatus, type ScheduleStatus } from './status.ts'

/** The blobs in which hosts of one app agree on their timers. */
export interface HostBlobs {
  readStatus(functionName: string): Promise<ScheduleStatus | undefined>
  writeStatus(functionName: string, status: ScheduleStatus): Promise<void>
  /** Takes the right to run a timer; undefined while another host has it. */
  acquireLock(functionName: string, seconds: number): Promise<TimerLock | undefined>
}

export interface TimerLock {
  /** False when the lock was lost. */
  renew(): Promise<boolean>
  release(): Promise<void>
}

export async function openHostBlobs(connectionString: string, hostId: string): Promise<HostBlobs> {
  const { BlobServiceClient } = await import('@azure/storage-blob')
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('azure-webjobs-hosts')
  await container.createIfNotExists()
  const getStatusBlob = (name: string) => container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`)
  return {
    async readStatus(functionName) {
      const blob = getStatusBlob(functionName)
      const text = await unless([404], async () => (await blob.downloadToBuffer()).toString('utf8'))
      return text === undefined ? undefined : parseStatus(text)
    },
    async writeStatus(functionName, status) {
      await upload(getStatusBlob(functionName), formatStatus(status))
    },
    async acquireLock(functionName, seconds) {
      const lease = await createLockLease(container, `locks/${hostId}/Host.Functions.${functionName}.Listener`)
      const acquired = await unless([409], () => lease.acquireLease(seconds))
      return acquired && createLock(lease)
    },
  }
}

async function createLockLease(container: ContainerClient, name: string): Promise<BlobLeaseClient> {
  const blob = container.getBlockBlobClient(name)
  // 412: the blob is there and leased, 409: it is there.
  await unless([409, 412], () => blob.upload('', 0, { conditions: { ifNoneMatch: '*' } }))
  return blob.getBlobLeaseClient()
}

function createLock(lease: BlobLeaseClient): TimerLock {
  return {
    renew: async () => (await unless([404, 409, 412], () => lease.renewLease())) !== undefined,
    release: async () => {
      await unless([404, 409, 412], () => lease.releaseLease())
    },
  }
}

async function upload(blob: BlockBlobClient, text: string): Promise<void> {
  const blobHTTPHeaders = { blobContentType: 'application/json' }
  await blob.upload(text, Buffer.byteLength(text), { blobHTTPHeaders })
}

async function unless<T>(statuses: readonly number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    const { statusCode } = error as { statusCode?: number }
    if (statusCode !== undefined && statuses.includes(statusCode)) return undefined
    throw error
  }
}
