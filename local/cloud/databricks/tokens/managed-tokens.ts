import type { CloudResponse, Route } from '../../service.ts'
import { apiError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { isSameName } from '../named-principals.ts'
import { readQuery } from '../request-body.ts'
import { requireAdmin } from './access.ts'
import { renderManagedToken, renderTokenList } from './render-token.ts'
import { listTokensQuery } from './token-requests.ts'
import type { PersonalAccessToken } from './token-store.ts'

function find({ request, workspace }: WorkspaceCall, now: number): PersonalAccessToken {
  const tokenId = request.params['id'] ?? ''
  const token = workspace.tokens.findActive(tokenId, now)
  if (token !== undefined) return token
  throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `No valid token with ID ${tokenId} found.`)
}

/** All of them in one answer, however many. */
function list({ request, workspace }: WorkspaceCall, now: number): CloudResponse {
  const { created_by_id: id, created_by_username: name } = readQuery(request, listTokensQuery)
  const { tokens } = workspace
  const found = (id === undefined ? tokens.listActive(now) : tokens.listActiveOf(id, now)).filter(
    ({ ownerClientId }) => name === undefined || isSameName(ownerClientId, name),
  )
  return { status: 200, body: renderTokenList(found.map((token) => renderManagedToken(workspace, token))) }
}

function get(call: WorkspaceCall, now: number): CloudResponse {
  return { status: 200, body: { token_info: renderManagedToken(call.workspace, find(call, now)) } }
}

function remove(call: WorkspaceCall, now: number): CloudResponse {
  find(call, now).revokedAt = now
  return { status: 200, body: {} }
}

/** Azure has the call and refuses it: there, nobody but a principal itself creates its tokens. */
function createOnBehalf(): never {
  throw apiError(
    400,
    'FEATURE_DISABLED',
    'On-behalf-of token creation for service principals is not enabled for this workspace',
  )
}

/** What workspace admins do with everybody's tokens. */
export function createManagedTokenRoutes(state: DatabricksState): readonly Route[] {
  const all = /^\/api\/2\.0\/token-management\/tokens$/
  const one = /^\/api\/2\.0\/token-management\/tokens\/(?<id>[^/]+)$/
  const onBehalf = /^\/api\/2\.0\/token-management\/on-behalf-of\/tokens$/
  const route = (
    name: string,
    method: 'GET' | 'POST' | 'DELETE',
    path: RegExp,
    handle: (call: WorkspaceCall, now: number) => CloudResponse,
  ): Route =>
    guardRoute(state, { name: `tokenManagement.${name}`, method, path }, (call) => {
      requireAdmin(call)
      return handle(call, state.world.clock.now())
    })
  return [
    route('list', 'GET', all, list),
    route('get', 'GET', one, get),
    route('delete', 'DELETE', one, remove),
    route('createOnBehalf', 'POST', onBehalf, createOnBehalf),
  ]
}
