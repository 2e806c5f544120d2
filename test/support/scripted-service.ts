import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import nodeFetch from 'node-fetch'

/** One answer of the script; an object body goes out as JSON, a string as it is. */
export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Takes the request and closes the connection without an answer. */
  readonly isLost?: boolean
  readonly delayMs?: number
}

/** A request as it arrived, host name included. */
interface ReceivedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface ScriptedService {
  /** Goes over a real socket, whatever host the URL names. */
  readonly fetch: typeof nodeFetch
  readonly requests: readonly ReceivedRequest[]
  /** Answers the next requests to a method and path, one each, in this order; nothing else is answered but by 501. */
  on(
    method: string,
    path: string,
    ...answers: (ScriptedAnswer | ((request: ReceivedRequest) => ScriptedAnswer))[]
  ): void
  stop(): Promise<void>
}

const ORIGIN_HEADER = 'x-scripted-origin'

/** Stands in for every remote host: a server on loopback that answers what a test tells it to, and nothing else. */
export async function startScriptedService(): Promise<ScriptedService> {
  const script = new Map<string, (ScriptedAnswer | ((request: ReceivedRequest) => ScriptedAnswer))[]>()
  const requests: ReceivedRequest[] = []

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { [ORIGIN_HEADER]: origin, ...headers } = incoming.headers
    const request: ReceivedRequest = {
      method: incoming.method ?? '',
      url: new URL(incoming.url ?? '', String(origin)),
      headers,
      body: (await buffer(incoming)).toString('utf8'),
    }
    requests.push(request)
    const next = script.get(`${request.method} ${decodeURIComponent(request.url.pathname)}`)?.shift()
    const {
      status = 200,
      headers: sent = {},
      body,
      isLost = false,
      delayMs = 0,
    } = next === undefined
      ? { status: 501, body: `not in the script: ${request.method} ${request.url.pathname}` }
      : typeof next === 'function'
        ? next(request)
        : next
    if (delayMs > 0) await delay(delayMs)
    if (isLost) {
      incoming.socket.destroy()
      return
    }
    const isText = typeof body === 'string'
    outgoing.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...sent })
    outgoing.end(body === undefined ? undefined : isText ? body : JSON.stringify(body))
  }

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const fetch = ((url: string, init: Parameters<typeof nodeFetch>[1]) => {
    const { origin, pathname, search } = new URL(url)
    return nodeFetch(`http://127.0.0.1:${port}${pathname}${search}`, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), [ORIGIN_HEADER]: origin },
    })
  }) as typeof nodeFetch

  return {
    fetch,
    requests,
    on: (method, path, ...answers) => {
      const key = `${method} ${path}`
      script.set(key, [...(script.get(key) ?? []), ...answers])
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
