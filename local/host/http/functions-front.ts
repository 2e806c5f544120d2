import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HostJson } from '../host-json.ts'
import type { Invoker } from '../invoker.ts'
import { sendEmpty } from './answer.ts'
import { sendFunctionAnswer } from './function-answer.ts'
import { isAuthorized, type KeyRing, readKey } from './keys.ts'
import type { RouteMatch } from './router.ts'
import { collectHeaders, collectQuery, getRequestUrl, readBody, readHeader } from './rpc-request.ts'
import { applySignIn } from './sign-in.ts'
import { createStreamMetadata, proxyToWorker } from './stream-proxy.ts'
import { createThrottle } from './throttle.ts'

export interface FunctionsFrontOptions {
  readonly http: HostJson['http']
  readonly keyRing: KeyRing
  readonly invoker: Invoker
  readonly access: 'keys' | 'entra'
  readonly bodyLimitBytes: number
  /** The app called `enableHttpStream`: its workers take the requests themselves. */
  readonly isStreaming: boolean
}

export type AnswerFunction = (
  request: IncomingMessage,
  response: ServerResponse,
  match: RouteMatch,
  search: URLSearchParams,
) => Promise<void>

const reason = 'This function was programmatically called via the host APIs.'

/** Answers the calls of HTTP functions: key, limits, then the function itself. */
export function createFunctionsFront(options: FunctionsFrontOptions): AnswerFunction {
  const { http, keyRing, invoker, access, bodyLimitBytes, isStreaming } = options
  const throttle = createThrottle(http.maxConcurrentRequests, http.maxOutstandingRequests)

  const answer: AnswerFunction = async (request, response, { fn, params }, search) => {
    const received = collectHeaders(request)
    const headers = access === 'entra' ? applySignIn(received) : received
    if (isStreaming) {
      await invoker.invoke(fn, {
        trigger: {},
        metadata: createStreamMetadata(headers, search, params),
        reason,
        onAssigned: (worker, id) => proxyToWorker(request, response, worker.app.httpUri ?? '', id),
      })
      return
    }
    const body = await readBody(request)
    const outcome = await invoker.invoke(fn, {
      trigger: {
        http: {
          method: request.method ?? 'GET',
          url: getRequestUrl(request),
          headers,
          query: collectQuery(search),
          params,
          ...(body.length > 0 && { body: { bytes: body } }),
        },
      },
      reason,
    })
    sendFunctionAnswer(response, outcome)
  }

  return async (request, response, match, search) => {
    const key = keyRing.identify(readKey(readHeader(request.headers, 'x-functions-key'), search), match.fn.name)
    if (!isAuthorized(match.fn.trigger['authLevel'], key)) return sendEmpty(response, 401)
    if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) return refuseBody(request, response)
    const entered = throttle.enter()
    if (!entered) {
      response.setHeader('x-function-scaleout', '1')
      return sendEmpty(response, 429)
    }
    const leave = await entered
    try {
      await answer(request, response, match, search)
    } finally {
      leave()
    }
  }
}

/** A body over the limit is a 500 on the real host, answered before the body has come. */
function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  sendEmpty(response, 500)
}
