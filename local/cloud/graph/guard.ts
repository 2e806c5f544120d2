import { randomUUID } from 'node:crypto'
import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import { type Caller, identifyCaller } from './caller.ts'
import { purgeExpired } from './deleted.ts'
import { GraphError } from './errors.ts'
import type { GraphState } from './state.ts'

/** One admitted call. */
export interface GraphCall {
  readonly state: GraphState
  readonly request: CloudRequest
  readonly caller: Caller
  readonly now: number
}

interface RequestIds {
  readonly requestId: string
  readonly clientRequestId: string
}

function readIds({ headers }: Pick<CloudRequest, 'headers'>): RequestIds {
  const requestId = randomUUID()
  const sent = headers['client-request-id']
  return { requestId, clientRequestId: typeof sent === 'string' ? sent : requestId }
}

/** The body of a refusal; `date` is without zone, as Graph writes it. */
function renderError(
  { code, message }: Pick<GraphError, 'code' | 'message'>,
  { requestId, clientRequestId }: RequestIds,
  now: number,
): object {
  const innerError = {
    date: new Date(now).toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': clientRequestId,
  }
  return { error: { code, message, innerError } }
}

export function renderUnknownCall(state: GraphState, request: Omit<CloudRequest, 'params'>): object {
  const message = `The local Microsoft Graph does not know ${request.method} ${request.url.pathname}`
  return renderError({ code: 'NotImplemented', message }, readIds(request), state.world.clock.now())
}

const CHALLENGE =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'

/** Makes a route that admits only callers known to the tenant, and whose answers bear Graph's headers. */
export function guardRoute(
  state: GraphState,
  route: Pick<Route, 'name' | 'method' | 'path'>,
  handle: (call: GraphCall) => CloudResponse,
): Route {
  return {
    ...route,
    handle: (request) => {
      const ids = readIds(request)
      const now = state.world.clock.now()
      const common = { 'request-id': ids.requestId, 'client-request-id': ids.clientRequestId }
      try {
        const caller = identifyCaller(state, request)
        purgeExpired(state, now)
        const { status, headers, body } = handle({ state, request, caller, now })
        const type = body === undefined ? {} : { 'Content-Type': JSON_TYPE, 'OData-Version': '4.0' }
        return { status, headers: { ...common, ...type, ...headers }, ...(body !== undefined && { body }) }
      } catch (error) {
        if (!(error instanceof GraphError)) throw error
        const challenge = error.status === 401 ? { 'WWW-Authenticate': CHALLENGE } : {}
        return { status: error.status, headers: { ...common, ...challenge }, body: renderError(error, ids, now) }
      }
    },
  }
}

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'
