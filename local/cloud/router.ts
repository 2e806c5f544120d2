import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaultAnswer } from './fault-answers.ts'
import type { FaultBook } from './faults.ts'
import type { HoldRoom } from './holds.ts'
import { flattenHeaders, readBody, readCaller, readClientRequestId, sendAnswer } from './messages.ts'
import type { RequestLog } from './request-log.ts'
import type { CloudRequest, CloudResponse, CloudService, Route } from './service.ts'

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
export function createRouter({ services, faults, holds, log, latency }: RouterOptions): Router {
  return async (host, request, response) => {
    const startedAt = Date.now()
    const began = performance.now()
    const seq = log.nextSeq()
    const service = services.find((candidate) => candidate.owns(host))
    // Joined as text: as a relative reference, a path that starts with two slashes would name another host.
    const url = new URL(`https://${host}${request.url}`)
    const method = request.method ?? 'GET'
    const found = service && findRoute(service.routes, method, url)
    const name = service?.name ?? 'unknown'
    const route = found?.route.name ?? 'unknown-call'
    const gone = new AbortController()
    // Also when the answer has been sent whole, which nobody asks about any more.
    response.once('close', () => gone.abort())
    const body = await readBody(request)
    const fault = body === 'cut-off' ? undefined : faults.take({ service: name, host, method, route })
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
        clientRequestId: readClientRequestId(request),
        caller: readCaller(request),
      })
    const cut = (): void => {
      request.socket.destroy()
      finish(null)
    }
    if (body === 'cut-off') return cut()

    if (fault?.kind === 'hold-before') {
      await holds.hold({ service: name, route, side: 'before' }, gone.signal)
      // Whoever died while it was held back is treated as one that never sent it.
      if (gone.signal.aborted) return cut()
    }
    if (fault?.kind === 'drop') return cut()
    // From here on the service has the request: it takes effect even when nobody waits for the answer any more.
    if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 1000)

    let answer: CloudResponse
    if (fault?.kind === 'status') answer = createFaultAnswer(name, fault)
    else if (body === 'too-large') answer = { status: 413, body: 'the local cloud takes no body this large' }
    else if (service && found) {
      answer = await runHandler(found.route, { method, url, params: found.params, headers: request.headers, body })
    } else answer = refuseUnknownCall(service, { method, url, headers: request.headers, body })

    const delayMs = latency.get(name) ?? 0
    if (delayMs > 0) await sleep(Math.max(0, Math.ceil(delayMs - (performance.now() - began))))
    if (fault?.kind === 'hold-after') await holds.hold({ service: name, route, side: 'after' }, gone.signal)
    if (fault?.kind === 'lost-answer' || gone.signal.aborted) return cut()
    const sent = sendAnswer(response, answer)
    finish(answer.status)
    log.record({
      service: name,
      route,
      method,
      url: url.href,
      requestHeaders: flattenHeaders(request.headers),
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
  { pathname }: URL,
): { route: Route; params: Record<string, string> } | undefined {
  const path = decodePath(pathname)
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null
    if (match) return { route, params: { ...match.groups } }
  }
  return undefined
}

/** A path whose percent signs mean nothing stays as it came, and will hardly match a route. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function runHandler(route: Route, request: CloudRequest): Promise<CloudResponse> {
  try {
    return await route.handle(request)
  } catch (error) {
    process.stderr.write(`local cloud: ${route.name} THREW ${error instanceof Error ? error.stack : String(error)}\n`)
    return { status: 500, body: { error: { code: 'LocalCloudBug', message: `the fake of ${route.name} threw` } } }
  }
}

function refuseUnknownCall(service: CloudService | undefined, request: Omit<CloudRequest, 'params'>): CloudResponse {
  process.stderr.write(`local cloud: UNKNOWN CALL ${request.method} ${request.url.href}\n`)
  return { status: 501, body: service?.unknownCall(request) ?? 'no such service' }
}
