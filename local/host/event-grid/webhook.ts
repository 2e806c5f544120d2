import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type AppFunction, isOfType } from '../functions.ts'
import { sendEmpty, sendText } from '../http/answer.ts'
import { type KeyRing, readKey } from '../http/keys.ts'
import { readHeader } from '../http/rpc-request.ts'
import type { Invoker } from '../invoker.ts'
import { rewriteTimes } from '../json-dates.ts'
import type { InvocationOutcome } from '../protocol.ts'
import { createEventInputs } from './event-input.ts'

export interface WebhookDeps {
  readonly keyRing: KeyRing
  readonly invoker: Invoker
  readonly functions: readonly AppFunction[]
}

/** Answers `/runtime/webhooks/eventgrid` as the Event Grid extension of a real host does. */
export async function answerEventGrid(
  request: IncomingMessage,
  response: ServerResponse,
  search: URLSearchParams,
  { keyRing, invoker, functions }: WebhookDeps,
): Promise<void> {
  const key = keyRing.identify(readKey(readHeader(request.headers, 'x-functions-key'), search))
  if (key === 'host') return sendEmpty(response, 403)
  if (key !== 'master' && key !== 'system') return sendEmpty(response, 401)

  const name = [...search].find(([parameter]) => parameter.toLowerCase() === 'functionname')?.[1] ?? ''
  const fn = functions.find((one) => one.name === name && isOfType(one.trigger, 'eventGridTrigger'))
  if (!fn || fn.isDisabled || fn.problem) return sendText(response, 404, `cannot find function: '${name}'`)
  if (request.method === 'OPTIONS') {
    response.setHeader('webhook-allowed-origin', 'eventgrid.azure.net')
    return sendEmpty(response, 200)
  }

  const type = readHeader(request.headers, 'aeg-event-type')?.toLowerCase()
  if (type === 'unsubscribe') return sendEmpty(response, 202)
  if (type !== 'notification' && type !== 'subscriptionvalidation') return sendEmpty(response, 400)
  const body = parseJson(await text(request))
  if (body === undefined) return sendEmpty(response, 500)
  if (type === 'subscriptionvalidation') {
    return sendText(response, 200, JSON.stringify({ validationResponse: readValidationCode(body) }))
  }
  const outcomes = await Promise.all(
    createEventInputs(fn.trigger, rewriteTimes(body)).map((input) => invoker.invoke(fn, input)),
  )
  sendOutcome(response, name, outcomes)
}

/** One event that fails makes the service deliver the whole batch again. */
function sendOutcome(response: ServerResponse, name: string, outcomes: readonly InvocationOutcome[]): void {
  if (outcomes.every(({ ok }) => ok)) sendEmpty(response, 202)
  else sendText(response, 500, `Exception while executing function: Functions.${name}`)
}

function readValidationCode(body: unknown): unknown {
  const event: { data?: { validationCode?: unknown } } | undefined = Array.isArray(body) ? body[0] : body
  return event?.data?.validationCode
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
