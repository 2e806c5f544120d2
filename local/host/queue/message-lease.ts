import type { Log } from '../log.ts'
import type { QueueMessage } from './message.ts'
import type { Queue } from './queue-store.ts'

export interface MessageLease {
  /** Ends the renewals and gives the receipt that is valid now. */
  end(): Promise<string>
}

/** Keeps a message invisible to others while a function works on it: renewed at half of the lease. */
export function holdMessage(queue: Queue, message: QueueMessage, leaseMs: number, log: Log): MessageLease {
  let popReceipt = message.popReceipt
  let renewal = Promise.resolve()

  async function renew(): Promise<void> {
    try {
      const renewed = await queue.setVisibility(message.id, popReceipt, Math.ceil(leaseMs / 1000))
      if (renewed) popReceipt = renewed
    } catch (error) {
      log.write('Host.Queue', 'warning', `could not renew the lease of a message in ${queue.name}: ${error}`)
    }
  }

  const timer = setInterval(() => {
    renewal = renewal.then(renew)
  }, leaseMs / 2)
  return {
    async end() {
      clearInterval(timer)
      await renewal
      return popReceipt
    },
  }
}
