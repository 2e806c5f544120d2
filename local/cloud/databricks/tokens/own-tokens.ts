import type { CloudResponse, Route } from '../../service.ts'
import { apiError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { readBody, readQuery } from '../request-body.ts'
import { requireTokenUse } from './access.ts'
import { chooseLifetime } from './lifetime.ts'
import { renderOwnToken, renderTokenList } from './render-token.ts'
import { createTokenBody, deleteTokenBody, noQuery } from './token-requests.ts'

function create(call: WorkspaceCall, now: number): CloudResponse {
  const { workspace, caller, request } = call
  const owner = requireTokenUse(call)
  const body = readBody(request, createTokenBody)
  const lifetimeSeconds = chooseLifetime(workspace, body.lifetime_seconds)
  const { tokens } = workspace
  if (tokens.listActiveOf(owner.id, now).length >= tokens.quota) {
    throw apiError(
      400,
      'QUOTA_EXCEEDED',
      `The user ${caller.clientId} has reached the quota of ${tokens.quota} active tokens.`,
    )
  }
  const token = tokens.create({
    ownerId: owner.id,
    ownerClientId: caller.clientId,
    comment: body.comment ?? null,
    scopes: body.scopes ?? null,
    createdAt: now,
    expiresAt: now + lifetimeSeconds * 1000,
  })
  return { status: 200, body: { token_value: token.value, token_info: renderOwnToken(token) } }
}

function list(call: WorkspaceCall, now: number): CloudResponse {
  const owner = requireTokenUse(call)
  readQuery(call.request, noQuery)
  return { status: 200, body: renderTokenList(call.workspace.tokens.listActiveOf(owner.id, now).map(renderOwnToken)) }
}

/** Somebody else's token is no more there than one that never was, for admins too. */
function remove(call: WorkspaceCall, now: number): CloudResponse {
  const owner = requireTokenUse(call)
  const { token_id: tokenId } = readBody(call.request, deleteTokenBody)
  const token = call.workspace.tokens.findActive(tokenId, now)
  if (token?.ownerId !== owner.id) {
    throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `No valid token with ID ${tokenId} found.`)
  }
  token.revokedAt = now
  return { status: 200, body: {} }
}

/** What everybody does with tokens of its own. */
export function createOwnTokenRoutes(state: DatabricksState): readonly Route[] {
  const route = (
    method: 'GET' | 'POST',
    name: string,
    handle: (call: WorkspaceCall, now: number) => CloudResponse,
  ): Route =>
    guardRoute(state, { name: `token.${name}`, method, path: new RegExp(`^/api/2\\.0/token/${name}$`) }, (call) =>
      handle(call, state.world.clock.now()),
    )
  return [route('POST', 'create', create), route('GET', 'list', list), route('POST', 'delete', remove)]
}
