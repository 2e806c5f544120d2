import type { StorageAccount } from './account.ts'
import { readRefusal } from './errors.ts'
import { inPlace, withinTime } from './place.ts'
import { STORAGE_RIGHTS } from './rights.ts'

/**
 * Leases on empty blobs, for exclusion (https://learn.microsoft.com/rest/api/storageservices/lease-blob). Every call throws
 * `upstream-denied`, `upstream-rejected` and `upstream-unavailable`.
 */
export interface Leases {
  /** `durationSeconds`: 15 to 60. */
  acquire(name: string, durationSeconds: number): Promise<{ leaseId: string } | 'held'>
  /** False when the lease is no longer ours. */
  renew(name: string, leaseId: string): Promise<boolean>
  /** A lease that ran out or is somebody else's by now is left as it is. */
  release(name: string, leaseId: string): Promise<void>
}

/** Binds the calls to one container. */
export function createLeases(account: StorageAccount, container: string, ensure: () => Promise<void>): Leases {
  const run = <T>(work: () => Promise<T>): Promise<T> => inPlace(ensure, STORAGE_RIGHTS.leases, work)
  const blobOf = async (name: string) => (await account.container(container)).getBlockBlobClient(name)

  return {
    acquire: (name, durationSeconds) =>
      run(async () => {
        const blob = await blobOf(name)
        // The client chooses the id, so that the SDK's own repetition of a lost answer finds its lease, not another's.
        const lease = blob.getBlobLeaseClient()
        const attempt = () => lease.acquireLease(durationSeconds, withinTime())
        try {
          await attempt().catch(async (thrown: unknown) => {
            if (readRefusal(thrown).code !== 'BlobNotFound') throw thrown
            await createEmpty(blob)
            await attempt()
          })
          return { leaseId: lease.leaseId }
        } catch (thrown) {
          if (readRefusal(thrown).status === 409) return 'held'
          throw thrown
        }
      }),

    renew: (name, leaseId) =>
      run(async () => {
        const blob = await blobOf(name)
        try {
          await blob.getBlobLeaseClient(leaseId).renewLease(withinTime())
          return true
        } catch (thrown) {
          if (isNotOurs(thrown)) return false
          throw thrown
        }
      }),

    release: (name, leaseId) =>
      run(async () => {
        const blob = await blobOf(name)
        try {
          await blob.getBlobLeaseClient(leaseId).releaseLease(withinTime())
        } catch (thrown) {
          if (!isNotOurs(thrown)) throw thrown
        }
      }),
  }
}

type Blob = ReturnType<Awaited<ReturnType<StorageAccount['container']>>['getBlockBlobClient']>

/** Somebody else may have made it, and may hold it already. */
async function createEmpty(blob: Blob): Promise<void> {
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' }, ...withinTime() })
  } catch (thrown) {
    if (![409, 412].includes(readRefusal(thrown).status ?? 0)) throw thrown
  }
}

function isNotOurs(thrown: unknown): boolean {
  const { status, code } = readRefusal(thrown)
  return status === 409 || status === 412 || code === 'BlobNotFound'
}
