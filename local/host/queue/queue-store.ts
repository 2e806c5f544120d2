import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue'
import type { QueueMessage } from './message.ts'

/** One queue of a storage account: the few calls that the host makes. */
export interface Queue {
  readonly name: string
  /** An absent queue has no messages. */
  receive(count: number, leaseSeconds: number): Promise<QueueMessage[]>
  /** Sends a message, creating the queue when it is not there. */
  send(text: string): Promise<void>
  /** Sets when a leased message is visible again; gives its new receipt, undefined when the lease is lost. */
  setVisibility(id: string, popReceipt: string, seconds: number): Promise<string | undefined>
  delete(id: string, popReceipt: string): Promise<void>
}

export interface QueueStore {
  getQueue(connectionString: string, name: string): Promise<Queue>
}

/** The SDK takes a moment to load: an app without queues never pays for it. */
export function createQueueStore(): QueueStore {
  const services = new Map<string, Promise<QueueServiceClient>>()

  async function connect(connectionString: string): Promise<QueueServiceClient> {
    const { QueueServiceClient } = await import('@azure/storage-queue')
    return QueueServiceClient.fromConnectionString(connectionString)
  }

  return {
    async getQueue(connectionString, name) {
      const service = services.get(connectionString) ?? connect(connectionString)
      services.set(connectionString, service)
      return createQueue((await service).getQueueClient(name))
    },
  }
}

function createQueue(client: QueueClient): Queue {
  return {
    name: client.name,
    async receive(count, leaseSeconds) {
      const answer = await ignoreAbsence(
        client.receiveMessages({ numberOfMessages: count, visibilityTimeout: leaseSeconds }),
      )
      return (answer?.receivedMessageItems ?? []).map(readMessage)
    },
    async send(text) {
      const sent = await ignoreAbsence(client.sendMessage(text))
      if (sent) return
      await client.createIfNotExists()
      await client.sendMessage(text)
    },
    async setVisibility(id, popReceipt, seconds) {
      return (await ignoreAbsence(client.updateMessage(id, popReceipt, undefined, seconds)))?.popReceipt
    },
    async delete(id, popReceipt) {
      await ignoreAbsence(client.deleteMessage(id, popReceipt))
    },
  }
}

function readMessage(item: DequeuedMessageItem): QueueMessage {
  return {
    id: item.messageId,
    popReceipt: item.popReceipt,
    text: item.messageText,
    dequeueCount: item.dequeueCount,
    insertedAt: item.insertedOn,
    expiresAt: item.expiresOn,
    nextVisibleAt: item.nextVisibleOn,
  }
}

/** 404: the queue or the message is not there. 400 PopReceiptMismatch: someone else has the message by now. */
async function ignoreAbsence<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    const { statusCode, code } = error as { statusCode?: number; code?: string }
    if (statusCode === 404 || code === 'PopReceiptMismatch') return undefined
    throw error
  }
}
