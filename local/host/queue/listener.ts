import type { QueueOptions } from '../host-json.ts'
import type { Log } from '../log.ts'
import { decodeMessageText, type QueueMessage } from './message.ts'
import { holdMessage } from './message-lease.ts'
import { createPollDelay } from './poll-delay.ts'
import type { Queue } from './queue-store.ts'

export interface QueueListenerOptions extends QueueOptions {
  readonly leaseMs: number
  readonly minPollingIntervalMs: number
}

export interface QueueListener {
  /** Fetches no more; what runs goes on. */
  stop(): void
  /** Messages taken and not settled yet. */
  countRunning(): number
}

/** Feeds the messages of a queue to a function, with the delivery rules of the real host. */
export function listenToQueue(
  queue: Queue,
  poisonQueue: Queue,
  options: QueueListenerOptions,
  runFunction: (payload: string, message: QueueMessage) => Promise<boolean>,
  log: Log,
): QueueListener {
  const { batchSize, newBatchThreshold, leaseMs } = options
  const delay = createPollDelay(options.minPollingIntervalMs, options.maxPollingIntervalMs, Math.random)
  let running = 0
  let isStopped = false
  let hasFoundMessages = false
  let timer: NodeJS.Timeout | undefined
  let onFewerRunning: (() => void) | undefined

  async function poll(): Promise<void> {
    const messages = await receive()
    if (isStopped) return
    for (const message of messages) void process(message)
    if (messages.length === 0) {
      timer = setTimeout(poll, delay.next(hasFoundMessages))
      hasFoundMessages = false
      return
    }
    hasFoundMessages = true
    if (running > newBatchThreshold) {
      await new Promise<void>((resolve) => {
        onFewerRunning = resolve
      })
    }
    if (!isStopped) void poll()
  }

  async function receive(): Promise<QueueMessage[]> {
    try {
      return await queue.receive(batchSize, Math.ceil(leaseMs / 1000))
    } catch (error) {
      if (!isStopped) log.write('Host.Queue', 'warning', `could not poll ${queue.name}: ${error}`)
      return []
    }
  }

  async function process(message: QueueMessage): Promise<void> {
    running++
    try {
      await deliver(message)
    } catch (error) {
      log.write('Host.Queue', 'error', `could not settle a message of ${queue.name}: ${error}`)
    } finally {
      running--
      if (running <= newBatchThreshold) onFewerRunning?.()
    }
  }

  async function deliver(message: QueueMessage): Promise<void> {
    // A message beyond its last delivery was never settled: the host died while the function ran.
    if (message.dequeueCount > options.maxDequeueCount) return moveToPoison(message, message.popReceipt)
    const lease = holdMessage(queue, message, leaseMs, log)
    const payload = decodeMessageText(message.text, options.messageEncoding)
    const hasSucceeded = payload !== undefined && (await runFunction(payload, message))
    const popReceipt = await lease.end()
    if (hasSucceeded) await queue.delete(message.id, popReceipt)
    else if (message.dequeueCount >= options.maxDequeueCount) await moveToPoison(message, popReceipt)
    else await queue.setVisibility(message.id, popReceipt, Math.ceil(options.visibilityTimeoutMs / 1000))
  }

  async function moveToPoison(message: QueueMessage, popReceipt: string): Promise<void> {
    log.write('Host.Queue', 'warning', `message ${message.id} failed too often: moved to ${poisonQueue.name}`)
    await poisonQueue.send(message.text)
    await queue.delete(message.id, popReceipt)
  }

  void poll()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
      onFewerRunning?.()
    },
    countRunning: () => running,
  }
}
