import type { Claims } from '../entra/tokens.ts'
import type { CloudRequest } from '../service.ts'
import type { World } from '../world.ts'
import { gatewayError } from './errors.ts'
import { authenticateByAccessToken, isDatabricksToken } from './oauth/access-tokens.ts'
import { authenticateByToken } from './tokens/authenticate.ts'
import { isTokenValue } from './tokens/token-store.ts'
import { ADMINS, type ServicePrincipal, type Workspace } from './workspace-state.ts'

/** The one audience of the first-party application; `api://` spellings are other applications. */
const DATABRICKS_AUDIENCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'
const MANAGEMENT_AUDIENCE = 'https://management.core.windows.net'

/** The service refuses tokens that live no longer than this. */
const LEAST_LIFETIME_SECONDS = 30

export interface Caller {
  readonly clientId: string
  readonly isAdmin: boolean
  /**
   * Object id in the tenant, where both Azure headers came: only then can the service act in the caller's name towards
   * Azure. Null without, and with any credential that is not Entra's.
   */
  readonly vouchedObjectId: string | null
  /** Null for one whose only right is the Contributor role on the Azure resource. */
  readonly principal: ServicePrincipal | null
}

function authenticate(world: World, request: CloudRequest): Claims {
  const verdict = world.tokens.verify(request.headers.authorization, [DATABRICKS_AUDIENCE])
  switch (verdict.kind) {
    case 'valid':
      if (verdict.claims.exp * 1000 - world.clock.now() <= LEAST_LIFETIME_SECONDS * 1000) {
        throw gatewayError(401, 'Token is expired.')
      }
      return verdict.claims
    case 'missing':
      throw gatewayError(401, 'Credential was not sent or was of an unsupported type for this API.')
    case 'expired':
      throw gatewayError(401, 'Token is expired.')
    case 'wrong-audience':
      throw gatewayError(401, `Expected aud claim to be: ${DATABRICKS_AUDIENCE}, but was: ${verdict.detail}.`)
    case 'malformed':
    case 'bad-signature':
      throw gatewayError(403, 'Invalid access token.')
  }
}

function readHeader(request: CloudRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

/** Whether both Azure headers are there, about this workspace and the same caller. */
function isVouchedByAzure(world: World, workspace: Workspace, request: CloudRequest, claims: Claims): boolean {
  const token = readHeader(request, 'x-databricks-azure-sp-management-token')
  const resourceId = readHeader(request, 'x-databricks-azure-workspace-resource-id')
  if (token === null || resourceId?.toLowerCase() !== workspace.resourceId.toLowerCase()) return false
  const verdict = world.tokens.verify(`Bearer ${token}`, [MANAGEMENT_AUDIENCE])
  return verdict.kind === 'valid' && verdict.claims.oid === claims.oid
}

function isAdmin(workspace: Workspace, principalId: string): boolean {
  return workspace.groups
    .values()
    .some(({ displayName, members }) => displayName === ADMINS && members.includes(principalId))
}

function identifyByEntra(world: World, workspace: Workspace, request: CloudRequest): Caller {
  const claims = authenticate(world, request)
  const clientId = claims.appid.toLowerCase()
  const principal =
    workspace.principals
      .values()
      .find(({ applicationId, active }) => active && applicationId?.toLowerCase() === clientId) ?? null
  const vouchedObjectId = isVouchedByAzure(world, workspace, request, claims) ? claims.oid : null
  const known = { clientId, vouchedObjectId, principal }
  // The headers make a Contributor of the workspace's resource an admin.
  if (vouchedObjectId !== null && workspace.contributors.has(vouchedObjectId)) return { ...known, isAdmin: true }
  if (principal === null) throw gatewayError(403, `Unauthorized access to Org: ${workspace.orgId}`)
  return { ...known, isAdmin: isAdmin(workspace, principal.id) }
}

/** Databricks' own credentials say nothing to Azure, whatever headers come with them. */
function toCaller(workspace: Workspace, principal: ServicePrincipal): Caller {
  const clientId = principal.applicationId ?? principal.id
  return { clientId, vouchedObjectId: null, principal, isAdmin: isAdmin(workspace, principal.id) }
}

/** Settles who calls; throws what the gateway answers to those it does not let in. */
export function identifyCaller(world: World, workspace: Workspace, request: CloudRequest): Caller {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const now = world.clock.now()
  if (isTokenValue(bearer)) return toCaller(workspace, authenticateByToken(workspace, bearer, now))
  if (isDatabricksToken(bearer)) return toCaller(workspace, authenticateByAccessToken(workspace, bearer, now))
  return identifyByEntra(world, workspace, request)
}
