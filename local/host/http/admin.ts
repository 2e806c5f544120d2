import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import { text } from 'node:stream/consumers'
import { type AppFunction, isOfType } from '../functions.ts'
import type { HostJson } from '../host-json.ts'
import type { Invoker } from '../invoker.ts'
import { parseJsonObject } from '../queue/message.ts'
import type { TimerListener } from '../timers/listener.ts'
import { sendEmpty, sendJson } from './answer.ts'
import { describeFunction } from './function-description.ts'
import { type KeyRing, readKey } from './keys.ts'
import { createManualInput } from './manual-input.ts'
import { readHeader } from './rpc-request.ts'

/** The host as the admin endpoints see it. */
export interface AdminDeps {
  readonly hostId: string
  readonly hostJson: HostJson | undefined
  readonly errors: readonly string[]
  readonly functions: readonly AppFunction[]
  readonly timers: ReadonlyMap<string, TimerListener>
  readonly keyRing: KeyRing
  readonly invoker: Invoker
}

const instanceId = randomUUID()

/** Answers everything below `/admin`. */
export async function answerAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: URLSearchParams,
  deps: AdminDeps,
): Promise<void> {
  const parts = path.toLowerCase().split('/').filter(Boolean).slice(1)
  const route = `${request.method} ${parts.join('/')}`
  if (/^\w+ (host\/ping|warmup)$/.test(route)) return sendEmpty(response, 200)
  const answer = findAnswer(route, deps)
  if (!answer) return sendEmpty(response, 404)
  const key = deps.keyRing.identify(readKey(readHeader(request.headers, 'x-functions-key'), search))
  if (key !== 'master') return sendEmpty(response, key ? 403 : 401)
  return answer(request, response)
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

function findAnswer(route: string, deps: AdminDeps): Answer | undefined {
  const { keys } = deps.keyRing
  switch (route) {
    case 'GET host/status':
      return (_, response) => sendJson(response, 200, describeHost(deps))
    case 'GET host/keys':
      return (request, response) => sendKeys(request, response, [{ name: 'default', value: keys.host }])
    case 'GET host/systemkeys':
      return (request, response) =>
        sendKeys(request, response, [{ name: 'eventgrid_extension', value: keys.eventgrid }])
    case 'GET functions':
      return (request, response) => sendFunctions(request, response, deps)
  }
  const [, name = '', ending = ''] = /^(?:GET|POST) functions\/([^/]+)(\/\w+)?$/.exec(route) ?? []
  if (!name) return undefined
  const fn = deps.functions.find((one) => one.name.toLowerCase() === name)
  if (route === `POST functions/${name}`) return (request, response) => invokeByHand(request, response, fn, deps)
  return (request, response) => {
    if (!fn) sendEmpty(response, 404)
    else if (ending === '') sendJson(response, 200, describeFunction(fn, request.headers.host, deps.hostJson))
    else if (ending === '/status') sendJson(response, 200, fn.problem ? { errors: [fn.problem] } : {})
    else if (ending === '/keys') sendKeys(request, response, listFunctionKeys(fn, deps))
    else sendEmpty(response, 404)
  }
}

function describeHost({ hostId, hostJson, errors }: AdminDeps): object {
  const { id = '', version = '' } = hostJson?.extensionBundle ?? {}
  return {
    id: hostId,
    state: errors.length > 0 ? 'Error' : 'Running',
    version: '4.1037.0.0',
    versionDetails: '4.1037.0 (local stand-in)',
    platformVersion: '',
    instanceId,
    computerName: hostname(),
    processUptime: Math.round(process.uptime() * 1000),
    functionAppContentEditingState: 'NotAllowed',
    extensionBundle: { id, version },
    ...(errors.length > 0 && { errors }),
  }
}

function sendFunctions(request: IncomingMessage, response: ServerResponse, deps: AdminDeps): void {
  const { hostJson, functions } = deps
  if (!hostJson) {
    sendEmpty(response, 500)
    return
  }
  sendJson(
    response,
    200,
    functions.map((fn) => describeFunction(fn, request.headers.host, hostJson)),
  )
}

function sendKeys(
  request: IncomingMessage,
  response: ServerResponse,
  keys: readonly { readonly name: string; readonly value: string }[],
): void {
  const href = `http://${request.headers.host}${request.url?.split('?')[0]}`
  sendJson(response, 200, { keys, links: [{ rel: 'self', href }] })
}

function listFunctionKeys(fn: AppFunction, { keyRing: { keys } }: AdminDeps) {
  return keys.function !== undefined && keys.functionOf === fn.name ? [{ name: 'default', value: keys.function }] : []
}

async function invokeByHand(
  request: IncomingMessage,
  response: ServerResponse,
  fn: AppFunction | undefined,
  { invoker, timers }: AdminDeps,
): Promise<void> {
  const body = await text(request)
  if (!fn) return sendEmpty(response, 404)
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return sendEmpty(response, 415)
  const input = parseJsonObject(body)
  const value = input?.['input'] ?? undefined
  if (!input || typeof value === 'object') return sendEmpty(response, 400)
  const manual = createManualInput(fn, value === undefined ? undefined : String(value), timers.get(fn.name)?.status)
  if (manual && !isOfType(fn.trigger, 'httpTrigger')) void invoker.invoke(fn, manual)
  sendEmpty(response, 202)
}
