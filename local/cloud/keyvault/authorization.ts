import { decideAccess } from '../arm/access.ts'
import { LOCATION } from '../arm/resources.ts'
import type { Claims } from '../entra/tokens.ts'
import type { CloudRequest } from '../service.ts'
import type { World } from '../world.ts'
import { KeyVaultError } from './errors.ts'
import type { SecretPermission, Vault } from './vault-state.ts'

/** Data actions as they stand in role definitions, behind `Microsoft.KeyVault/vaults/secrets/`. */
export type SecretAction =
  | 'setSecret/action'
  | 'getSecret/action'
  | 'readMetadata/action'
  | 'update/action'
  | 'delete'
  | 'recover/action'
  | 'purge/action'

/** What an access policy calls them. */
const permissionFor: Record<SecretAction, SecretPermission> = {
  'setSecret/action': 'set',
  'getSecret/action': 'get',
  'readMetadata/action': 'list',
  'update/action': 'set',
  delete: 'delete',
  'recover/action': 'recover',
  'purge/action': 'purge',
}

/** The service's own application id: an accepted audience besides the resource URL. */
const KEY_VAULT_APP_ID = 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093'

const clouds = [
  {
    suffix: '.vault.azure.net',
    resource: 'https://vault.azure.net',
    login: 'login.microsoftonline.com',
  },
  {
    suffix: '.vault.usgovcloudapi.net',
    resource: 'https://vault.usgovcloudapi.net',
    login: 'login.microsoftonline.us',
  },
  {
    suffix: '.vault.azure.cn',
    resource: 'https://vault.azure.cn',
    login: 'login.chinacloudapi.cn',
  },
] as const

function cloudOf(host: string): (typeof clouds)[number] {
  const cloud = clouds.find(({ suffix }) => host.endsWith(suffix))
  if (cloud === undefined) throw new Error(`${host} is not the name of a vault`)
  return cloud
}

/** The header that tells a client where to get a token and for which resource. */
export function renderChallenge(vault: Vault, tenantId: string): Record<string, string> {
  const { login, resource } = cloudOf(vault.host)
  return {
    'WWW-Authenticate': `Bearer authorization="https://${login}/${tenantId}", resource="${resource}"`,
  }
}

/** Throws a 401 unless the request bears a token for Key Vault. */
export function authenticate(world: World, vault: Vault, request: CloudRequest): Claims {
  const { resource } = cloudOf(vault.host)
  const verdict = world.tokens.verify(request.headers.authorization, [resource, KEY_VAULT_APP_ID])
  switch (verdict.kind) {
    case 'valid':
      return verdict.claims
    case 'missing':
      throw new KeyVaultError(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.')
    case 'wrong-audience':
      throw new KeyVaultError(
        401,
        'Unauthorized',
        `AKV10022: Invalid audience. Expected ${resource} or ${KEY_VAULT_APP_ID}, found: ${verdict.detail}.`,
      )
    case 'expired':
      throw new KeyVaultError(401, 'Unauthorized', "[TokenExpired] Error validating token: 'S2S12086'.")
    case 'bad-signature':
    case 'malformed':
      throw new KeyVaultError(401, 'Unauthorized', '[BearerReadAccessTokenFailed] Error validating token.')
  }
}

/** Whether roles or, where those decide, access policies let the principal do this; the name is empty for lists. */
export function isPermitted(
  { rbac }: World,
  { usesRbac, accessPolicies, resourceId }: Vault,
  principalId: string,
  action: SecretAction,
  secretName: string,
): boolean {
  if (!usesRbac) return accessPolicies.get(principalId)?.has(permissionFor[action]) === true
  const verdict = decideAccess(rbac, {
    principalId,
    action: `Microsoft.KeyVault/vaults/secrets/${action}`,
    plane: 'data',
    scope: secretName === '' ? resourceId : `${resourceId}/secrets/${secretName}`,
  })
  return verdict === 'allowed'
}

/** Throws a 403 unless the caller may do this. */
export function authorize(world: World, vault: Vault, claims: Claims, action: SecretAction, secretName: string): void {
  if (isPermitted(world, vault, claims.oid, action, secretName)) return
  const vaultName = vault.host.split('.')[0] ?? vault.host
  const caller = `appid=${claims.appid};oid=${claims.oid};iss=${claims.iss}`
  if (!vault.usesRbac) {
    throw new KeyVaultError(
      403,
      'Forbidden',
      `The user, group or application '${caller}' does not have secrets ${permissionFor[action]} permission on key vault '${vaultName};location=${LOCATION}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
      'AccessDenied',
    )
  }
  const lines = [
    'Caller is not authorized to perform action on resource.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: ${caller}`,
    `Action: 'Microsoft.KeyVault/vaults/secrets/${action}'`,
    `Resource: '${vault.resourceId.toLowerCase()}${secretName === '' ? '' : `/secrets/${secretName.toLowerCase()}`}'`,
    'Assignment: (not found)',
    'DenyAssignmentId: null',
    'DecisionReason: null ',
    `Vault: ${vaultName};location=${LOCATION}`,
    '',
  ]
  throw new KeyVaultError(403, 'Forbidden', lines.join('\r\n'), 'ForbiddenByRbac')
}
