import { type AppFunction, isOfType } from '../functions.ts'
import type { SendOutputs } from '../invoker.ts'
import type { Binding, TypedData } from '../protocol.ts'
import { getConnectionString, resolveReferences, type Settings } from '../settings.ts'
import { parseJsonObject } from './message.ts'
import type { QueueStore } from './queue-store.ts'

/** Sends what a function put into its queue bindings; other kinds of output are not the local host's business. */
export function createQueueOutputs(store: QueueStore, settings: Settings): SendOutputs {
  async function send(binding: Binding, data: TypedData | undefined): Promise<void> {
    const payloads = listPayloads(data)
    if (payloads.length === 0) return
    const connection = getConnectionString(binding['connection'] as string | undefined, settings)
    const queue = await store.getQueue(connection, resolveReferences(String(binding['queueName']), settings))
    for (const payload of payloads) await queue.send(payload.toString('base64'))
  }

  return async (fn: AppFunction, outputData, returnValue) => {
    for (const binding of fn.outputs) {
      if (!isOfType(binding, 'queue')) continue
      const isReturn = binding.name === '$return'
      await send(binding, isReturn ? returnValue : outputData.find(({ name }) => name === binding.name)?.data)
    }
  }
}

/** The messages that an output value stands for: one an element of an array, objects as indented JSON. */
export function listPayloads(data: TypedData | undefined): Buffer[] {
  if (!data) return []
  if (data.bytes) return [Buffer.from(data.bytes)]
  if (data.json !== undefined) return listJsonPayloads(JSON.parse(data.json))
  if (data.string === undefined) return [Buffer.from(String(data.int ?? data.double))]
  const object = parseJsonObject(data.string)
  return [Buffer.from(object ? formatPayload(object) : data.string)]
}

function listJsonPayloads(value: unknown): Buffer[] {
  const values = Array.isArray(value) ? value : [value]
  return values.filter((one) => one !== null).map((one) => Buffer.from(formatPayload(one)))
}

function formatPayload(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
