import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultBook } from './faults.ts'
import type { HoldRoom } from './holds.ts'
import type { RequestLog } from './request-log.ts'
import type { CloudResponse, CloudService, Route } from './service.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024

export interface RouterOptions {
  readonly services: readonly CloudService[]
  readonly faults: FaultBook
  readonly holds: HoldRoom
  readonly log: RequestLog
  /** How long each service takes to answer, in milliseconds; read at every request. */
  readonly latency: ReadonlyMap<string, number>
}

export type Router = (host: string, request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Leads a request to its fake, with whatever faults and delays are in force, and logs it. */
export function createRouter(options: RouterOptions): Router {
  const { services, faults, holds, log, latency } = options

  return async (host, request, response) => {
    const startedAt = Date.now()
    const began = performance.now()
    const seq = log.nextSeq()
    const service = services.find((candidate) => candidate.owns(host))
    const url = new URL(request.url ?? '/', `https://${host}`)
    const method = request.method ?? 'GET'
    const body = await readBody(request)
    const found = service && findRoute(service.routes, method, url)
    const name = service?.name ?? 'unknown'
    const route = found?.route.name ?? 'unknown-call'
    const fault = faults.take({ service: name, host, method, route })
    const gone = new AbortController()
    // Also when the answer has been sent whole, which nobody asks about any more.
    response.once('close', () => gone.abort())
    const finish = (status: number | null): void =>
      log.add({
        seq,
        service: name,
        route,
        host,
        method,
        path: url.pathname + url.search,
        status,
        startedAt,
        durationMs: Math.round((performance.now() - began) * 10) / 10,
        fault: fault?.kind ?? null,
        clientRequestId: first(request.headers['x-ms-client-request-id'] ?? request.headers['client-request-id']),
        caller: readCaller(request.headers.authorization),
      })
    const cut = (): void => {
      request.socket.destroy()
      finish(null)
    }

    const delayMs = latency.get(name) ?? 0
    if (fault?.kind === 'hold-before') await holds.hold({ service: name, route, side: 'before' }, gone.signal)
    if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 1000)
    // Whoever is dead by now cannot have sent it: a killed client's held request has no effect.
    if (fault?.kind === 'drop' || gone.signal.aborted) return cut()

    let answer: CloudResponse
    if (fault?.kind === 'status') {
      answer = faultAnswer(fault.status ?? 503, fault.retryAfterSeconds)
    } else if (service && found) {
      answer = await runHandler(found.route, { method, url, params: found.params, headers: request.headers, body })
    } else {
      process.stderr.write(`local cloud: UNKNOWN CALL ${method} ${url.href}\n`)
      answer = {
        status: 501,
        body: service?.unknownCall({ method, url, headers: request.headers, body }) ?? 'no such service',
      }
    }
    if (delayMs > 0) await sleep(Math.max(0, delayMs - (performance.now() - began)))
    if (fault?.kind === 'hold-after') await holds.hold({ service: name, route, side: 'after' }, gone.signal)
    if (fault?.kind === 'lost-answer' || gone.signal.aborted) return cut()
    const sent = send(response, answer)
    finish(answer.status)
    log.record({
      service: name,
      route,
      method,
      url: url.href,
      requestHeaders: flatten(request.headers),
      requestBody: body.toString('utf8'),
      status: answer.status,
      responseHeaders: sent.headers,
      responseBody: sent.text,
    })
  }
}

/** A wrong method finds nothing, like a wrong path: real services differ, and an unknown call must be loud. */
function findRoute(
  routes: readonly Route[],
  method: string,
  url: URL,
): { route: Route; params: Record<string, string> } | undefined {
  const path = decodeURIComponent(url.pathname)
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null
    if (match) return { route, params: { ...match.groups } }
  }
  return undefined
}

async function runHandler(route: Route, request: Parameters<Route['handle']>[0]): Promise<CloudResponse> {
  try {
    return await route.handle(request)
  } catch (error) {
    process.stderr.write(`local cloud: ${route.name} THREW ${error instanceof Error ? error.stack : String(error)}\n`)
    return { status: 500, body: { error: { code: 'LocalCloudBug', message: `the fake of ${route.name} threw` } } }
  }
}

function faultAnswer(status: number, retryAfterSeconds: number | undefined): CloudResponse {
  const code = status === 429 ? 'TooManyRequests' : 'ServiceUnavailable'
  return {
    status,
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: {
      error_code: code,
      message: 'injected by the local cloud',
      error: { code, message: 'injected by the local cloud' },
    },
  }
}

function send(
  response: ServerResponse,
  { status, headers = {}, body }: CloudResponse,
): { text: string; headers: Record<string, string> } {
  const isJson = typeof body === 'object'
  const text = body === undefined ? '' : isJson ? JSON.stringify(body) : String(body)
  const all: Record<string, string> = {
    ...(body === undefined ? {} : { 'content-type': isJson ? 'application/json; charset=utf-8' : 'text/plain' }),
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  }
  response.writeHead(status, { ...all, 'content-length': Buffer.byteLength(text) })
  response.end(text)
  return { text, headers: all }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Error(`a request body has more than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function first(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name !== 'authorization' && name !== 'x-identity-header')
      .map(([name, value]) => [name, String(value)]),
  )
}

function readCaller(authorization: string | undefined): string | null {
  const payload = authorization?.split('.')[1]
  if (payload === undefined) return null
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims.appid === 'string' ? claims.appid : null
  } catch {
    return null
  }
}
