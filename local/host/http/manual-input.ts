import { createEventInputs } from '../event-grid/event-input.ts'
import { type AppFunction, isOfType } from '../functions.ts'
import type { InvocationInput } from '../invoker.ts'
import type { TypedData } from '../protocol.ts'
import { createQueueMetadata, parseJsonObject } from '../queue/message.ts'
import { createTimerInput, type ScheduleStatus } from '../timers/status.ts'

const reason = 'This function was programmatically called via the host APIs.'
const messageLifetimeMs = 7 * 24 * 60 * 60_000

/** What a function gets when it is invoked by hand; undefined when there is nothing to run it with. */
export function createManualInput(
  fn: AppFunction,
  input: string | undefined,
  timerStatus: ScheduleStatus | undefined,
): InvocationInput | undefined {
  const { trigger } = fn
  if (isOfType(trigger, 'timerTrigger')) return { trigger: createTimerInput(timerStatus, false), reason }
  if (input === undefined || isOfType(trigger, 'httpTrigger')) return undefined
  if (isOfType(trigger, 'queueTrigger')) {
    return { trigger: { string: input }, metadata: createManualQueueMetadata(trigger.name, input), reason }
  }
  if (isOfType(trigger, 'eventGridTrigger')) {
    const [event] = createEventInputs({ ...trigger, cardinality: 'one' }, parseJsonObject(input) ?? input)
    return event && { ...event, reason }
  }
  return { trigger: { string: input }, reason }
}

function createManualQueueMetadata(bindingName: string, payload: string): Record<string, TypedData> {
  const now = new Date()
  const expiresAt = new Date(now.getTime() + messageLifetimeMs)
  const message = { dequeueCount: 0, insertedAt: now, nextVisibleAt: now, expiresAt }
  return { ...createQueueMetadata(payload, message), [bindingName]: { string: payload } }
}
