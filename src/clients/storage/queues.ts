import type { StorageAccount } from './account.ts'
import { inPlace, withinTime } from './place.ts'
import { STORAGE_RIGHTS } from './rights.ts'

/**
 * Queue messages (https://learn.microsoft.com/rest/api/storageservices/put-message), as the Functions host reads them:
 * JSON in base64. Throws `upstream-denied`, `upstream-rejected` and `upstream-unavailable`.
 */
export interface Queues {
  /** `delaySeconds`: how long nobody sees the message; at most seven days. A message may arrive twice. */
  send(queue: string, payload: object, options?: { delaySeconds?: number }): Promise<void>
}

/** A message outlives any outage. */
const FOREVER = -1

/** Binds the calls to one account. */
export function createQueues(account: StorageAccount, ensure: () => Promise<void>): Queues {
  return {
    send: (queue, payload, { delaySeconds = 0 } = {}) =>
      inPlace(ensure, STORAGE_RIGHTS.queues, async () => {
        const client = await account.queue(queue)
        await client.sendMessage(Buffer.from(JSON.stringify(payload)).toString('base64'), {
          visibilityTimeout: delaySeconds,
          messageTimeToLive: FOREVER,
          ...withinTime(),
        })
      }),
  }
}
