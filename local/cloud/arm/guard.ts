import { randomUUID } from 'node:crypto'
import type { Claims } from '../entra/tokens.ts'
import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import type { World } from '../world.ts'
import { type AccessQuestion, decideAccess } from './access.ts'
import { type CalledType, checkApiVersion } from './api-versions.ts'
import { authenticate } from './authentication.ts'
import { ArmError, toResponse } from './errors.ts'

export interface ArmState {
  readonly world: World
  /** How long after its creation a service principal cannot be given roles, even when its type is said. */
  readonly lag: { principalMs: number }
  /** What a create that changes nothing gets: sources differ, and both have been seen. */
  repeatedCreate: 'ok' | 'conflict'
}

/** One admitted call. */
export interface ArmCall {
  readonly request: CloudRequest
  readonly claims: Claims
  /** What the call is about, with a leading slash; `/` is the tenant. */
  readonly scope: string
  readonly now: number
}

/** Makes a route that admits only callers with a token for Resource Manager, in a version of the API that there is. */
export function guardRoute(
  { world }: ArmState,
  route: Pick<Route, 'name' | 'method' | 'path'>,
  type: CalledType,
  handle: (call: ArmCall) => CloudResponse,
): Route {
  const answer = (request: CloudRequest): CloudResponse => {
    try {
      const claims = authenticate(world, request)
      checkApiVersion(request, type)
      return handle({ request, claims, scope: request.params['scope'] || '/', now: world.clock.now() })
    } catch (error) {
      if (error instanceof ArmError) return toResponse(error)
      throw error
    }
  }
  return {
    ...route,
    handle: (request) => {
      const response = answer(request)
      const requestId = randomUUID()
      const ids = { 'x-ms-request-id': requestId, 'x-ms-correlation-request-id': requestId }
      return { ...response, headers: { ...ids, ...response.headers } }
    },
  }
}

export type Wish = Omit<AccessQuestion, 'principalId' | 'plane'>

/** Throws a 403 unless the caller's roles allow the action there. */
export function authorize({ world }: ArmState, { claims }: Pick<ArmCall, 'claims'>, wish: Wish): void {
  const verdict = decideAccess(world.rbac, { ...wish, principalId: claims.oid, plane: 'control' })
  if (verdict === 'allowed') return
  const lack = verdict === 'denied' ? 'authorization' : 'authorization or an ABAC condition not fulfilled'
  throw new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${claims.appid}' with object id '${claims.oid}' does not have ${lack} to perform action '${wish.action}' over scope '${wish.scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
}
