import type { AppFunction } from '../functions.ts'
import type { Invoker } from '../invoker.ts'
import type { Log } from '../log.ts'
import { getConnectionString, resolveReferences, type Settings } from '../settings.ts'
import { listenToQueue, type QueueListener, type QueueListenerOptions } from './listener.ts'
import { createQueueMetadata } from './message.ts'
import type { QueueStore } from './queue-store.ts'

export interface QueueDeps {
  readonly store: QueueStore
  readonly settings: Settings
  readonly invoker: Invoker
  readonly log: Log
  readonly options: QueueListenerOptions
}

/** Starts to listen for one queue function; throws when its queue or connection is not configured. */
export async function startQueueFunction(fn: AppFunction, deps: QueueDeps): Promise<QueueListener> {
  const { store, settings, invoker, log, options } = deps
  const connection = getConnectionString(fn.trigger['connection'] as string | undefined, settings)
  const name = resolveReferences(String(fn.trigger['queueName']), settings)
  const [queue, poisonQueue] = await Promise.all([
    store.getQueue(connection, name),
    store.getQueue(connection, `${name}-poison`),
  ])
  return listenToQueue(
    queue,
    poisonQueue,
    options,
    async (payload, message) => {
      const outcome = await invoker.invoke(fn, {
        trigger: { string: payload },
        metadata: createQueueMetadata(payload, message),
        reason: `New queue message detected on '${name}'.`,
      })
      return outcome.ok
    },
    log,
  )
}
