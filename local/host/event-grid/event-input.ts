import type { InvocationInput } from '../invoker.ts'
import type { Binding, TypedData } from '../protocol.ts'

/** One invocation an event, or one for all of them when the trigger's cardinality is `many`. */
export function createEventInputs(trigger: Binding, body: unknown): InvocationInput[] {
  const events: unknown[] = Array.isArray(body) ? body : [body]
  const isMany = String(trigger['cardinality'] ?? 'one').toLowerCase() === 'many'
  if (isMany) return events.length === 0 ? [] : [createInput(events)]
  return events.map(createInput)
}

function createInput(event: unknown): InvocationInput {
  const data = (event as { data?: unknown } | null)?.data
  return {
    trigger: { json: JSON.stringify(event) },
    metadata: data === undefined || data === null ? {} : { data: toTypedData(data) },
    reason: 'EventGrid trigger fired.',
  }
}

function toTypedData(value: unknown): TypedData {
  return typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) }
}
