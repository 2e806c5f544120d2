import { MICROSOFT_GRAPH_APP_ID } from '../entra/clouds.ts'
import { isThere } from '../entra/directory.ts'
import type { CloudRequest } from '../service.ts'
import { GraphError, invalidToken, requestDenied } from './errors.ts'
import type { GraphRole } from './roles.ts'
import type { GraphState } from './state.ts'

export interface Caller {
  readonly objectId: string
  readonly clientId: string
  readonly roles: ReadonlySet<string>
}

/** Throws the 401 that a request without a good token for Graph gets. */
export function identifyCaller(state: GraphState, { headers, url }: CloudRequest): Caller {
  const { clock, directory, tokens } = state.world
  const verdict = tokens.verify(headers.authorization, [`https://${url.hostname}`, MICROSOFT_GRAPH_APP_ID])
  switch (verdict.kind) {
    case 'missing':
      throw invalidToken('Access token is empty.')
    case 'malformed':
      throw invalidToken('IDX14100: JWT is not well formed, there are no dots (.).')
    case 'bad-signature':
      throw invalidToken('Access token validation failure. Invalid signature.')
    case 'expired':
      throw invalidToken('Lifetime validation failed, the token is expired.')
    case 'wrong-audience':
      throw invalidToken('Access token validation failure. Invalid audience.')
    case 'valid':
  }
  const { oid, appid, roles = [] } = verdict.claims
  const principal = directory.servicePrincipals.get(oid)
  if (principal === undefined || !isThere(principal, clock.now())) {
    throw new GraphError(
      401,
      'Authorization_IdentityNotFound',
      'The identity of the calling application could not be established.',
    )
  }
  return {
    objectId: oid,
    clientId: appid,
    roles: state.currentRoles.has(oid) ? principal.graphRoles : new Set(roles),
  }
}

function hasOne({ roles }: Caller, accepted: readonly GraphRole[]): boolean {
  return accepted.some((role) => roles.has(role))
}

/** What was deleted has no owner that counts: listing it takes a role that reads everything. */
export function requireReadDeleted(caller: Caller): void {
  const accepted: readonly GraphRole[] = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']
  if (!hasOne(caller, accepted)) throw requestDenied()
}

/** The OwnedBy role reads every application of the tenant, not only the owned ones. */
export function requireRead(caller: Caller): void {
  const accepted: readonly GraphRole[] = [
    'Application.Read.All',
    'Application.ReadWrite.OwnedBy',
    'Application.ReadWrite.All',
    'Directory.Read.All',
  ]
  if (!hasOne(caller, accepted)) throw requestDenied()
}

export function requireCreate(caller: Caller): void {
  if (!hasOne(caller, ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'])) throw requestDenied()
}

/** Lets through whoever may write everything, or owns the object and may write what it owns. */
export function requireWrite(caller: Caller, { ownerIds }: { readonly ownerIds: ReadonlySet<string> }): void {
  if (mayWriteAll(caller)) return
  if (!caller.roles.has('Application.ReadWrite.OwnedBy') || !ownerIds.has(caller.objectId)) throw requestDenied()
}

export function mayWriteAll(caller: Caller): boolean {
  return hasOne(caller, ['Application.ReadWrite.All'])
}

export function requireAssignRoles(caller: Caller): void {
  if (!hasOne(caller, ['AppRoleAssignment.ReadWrite.All'])) throw requestDenied()
}
