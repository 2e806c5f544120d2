import { formatInvariantTime } from '../json-dates.ts'
import type { TypedData } from '../protocol.ts'

export interface QueueMessage {
  readonly id: string
  readonly popReceipt: string
  readonly text: string
  readonly dequeueCount: number
  readonly insertedAt: Date
  readonly expiresAt: Date
  readonly nextVisibleAt: Date
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** The payload of a message, or undefined when its text is not what the host's message encoding asks for. */
export function decodeMessageText(text: string, encoding: 'base64' | 'none'): string | undefined {
  if (encoding === 'none') return text
  const compact = text.replace(/\s/g, '')
  if (!base64.test(compact)) return undefined
  try {
    return strictUtf8.decode(Buffer.from(compact, 'base64'))
  } catch {
    return undefined
  }
}

/** What a queue function finds in `triggerMetadata`: facts of the message, overridden by fields of a JSON payload. */
export function createQueueMetadata(
  payload: string,
  message: Omit<QueueMessage, 'text' | 'id' | 'popReceipt'> & Partial<Pick<QueueMessage, 'id' | 'popReceipt'>>,
): Record<string, TypedData> {
  return {
    queueTrigger: { string: payload },
    dequeueCount: { int: message.dequeueCount },
    expirationTime: { json: JSON.stringify(formatOffsetTime(message.expiresAt)) },
    insertionTime: { json: JSON.stringify(formatOffsetTime(message.insertedAt)) },
    nextVisibleTime: { json: JSON.stringify(formatOffsetTime(message.nextVisibleAt)) },
    ...(message.id !== undefined && { id: { string: message.id } }),
    ...(message.popReceipt !== undefined && { popReceipt: { string: message.popReceipt } }),
    ...readPayloadFields(payload),
  }
}

function readPayloadFields(payload: string): Record<string, TypedData> {
  const fields: Record<string, TypedData> = {}
  for (const [name, value] of Object.entries(parseJsonObject(payload) ?? {})) {
    if (value === null) continue
    if (typeof value === 'string') fields[name] = { string: formatInvariantTime(value) }
    else if (typeof value === 'number') fields[name] = { double: value }
    else fields[name] = { json: JSON.stringify(value) }
  }
  return fields
}

export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function formatOffsetTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}+00:00`
}
