import { decideAccess } from '../../arm/access.ts'
import { findResource } from '../../arm/resources.ts'
import { AZURE_DATABRICKS_APP_ID } from '../../entra/clouds.ts'
import { findByAppId } from '../../entra/directory.ts'
import { addReadPolicy, listVaultSecretNames, readVaultSecret } from '../../keyvault/door.ts'
import type { World } from '../../world.ts'
import { apiError, type DatabricksError } from '../errors.ts'
import type { KeyVaultScope } from './secret-scope.ts'

/** Object id of Databricks' own principal in the tenant, as which it reads vaults; null where the tenant has none. */
function findDatabricks({ directory, clock }: World): string | null {
  return findByAppId(directory.servicePrincipals, AZURE_DATABRICKS_APP_ID, clock.now())?.objectId ?? null
}

function hostOf(dnsName: string): string {
  return URL.canParse(dnsName) ? new URL(dnsName).hostname : ''
}

function cannotGrant(dnsName: string, status: number, code: string, message: string): DatabricksError {
  const body = JSON.stringify({ error: { code, message } })
  return apiError(
    status,
    status === 403 ? 'CUSTOMER_UNAUTHORIZED' : 'INVALID_PARAMETER_VALUE',
    `Unable to grant read/list permission to Databricks service principal to KeyVault '${dnsName}': Status code ${status}, ${body}`,
  )
}

/**
 * Lets Databricks into the vault's access policies in the name of the caller, who must be able to change the vault.
 * On a vault that goes by roles this changes nothing: Databricks then needs a role that somebody else gives it.
 */
export function openVault(world: World, oid: string, resourceId: string, dnsName: string): void {
  const vault = findResource(world.settings, resourceId)
  if (vault?.type !== 'Microsoft.KeyVault/vaults' || vault.host !== hostOf(dnsName)) {
    throw cannotGrant(dnsName, 404, 'ResourceNotFound', `The Resource '${resourceId}' was not found.`)
  }
  const action = 'Microsoft.KeyVault/vaults/write'
  const verdict = decideAccess(world.rbac, { principalId: oid, action, plane: 'control', scope: vault.id })
  if (verdict !== 'allowed') {
    const message = `The client with object id '${oid}' does not have authorization to perform action '${action}' over scope '${vault.id}' or the scope is invalid.`
    throw cannotGrant(dnsName, 403, 'AuthorizationFailed', message)
  }
  const databricks = findDatabricks(world)
  if (databricks !== null) addReadPolicy(world, vault.host, databricks)
}

/** Names of the secrets of the vault. */
export function listVaultKeys(world: World, { dnsName }: KeyVaultScope): readonly string[] {
  const databricks = findDatabricks(world)
  const names = databricks === null ? 'denied' : listVaultSecretNames(world, hostOf(dnsName), databricks)
  if (typeof names === 'string') {
    throw apiError(400, 'INVALID_STATE', `Databricks could not access keyvault: ${dnsName}`)
  }
  return names
}

/** Null when the vault has no such secret. */
export function readVaultValue(world: World, { dnsName }: KeyVaultScope, key: string): string | null {
  const databricks = findDatabricks(world)
  const reading =
    databricks === null ? { kind: 'denied' as const } : readVaultSecret(world, hostOf(dnsName), databricks, key)
  switch (reading.kind) {
    case 'value':
      return reading.value
    case 'missing':
      return null
    case 'no-vault':
      throw apiError(400, 'INVALID_STATE', `Databricks could not access keyvault: ${dnsName}`)
    case 'denied':
      throw apiError(
        403,
        'PERMISSION_DENIED',
        `Invalid permissions on the specified KeyVault ${dnsName}. Wrapped Message: Status code 403, {"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource. Caller: name=AzureDatabricks;appid=${AZURE_DATABRICKS_APP_ID}"}}`,
      )
  }
}
