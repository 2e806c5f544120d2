import { AZURE_DATABRICKS_APP_ID } from '../entra/clouds.ts'
import type { Directory } from '../entra/directory.ts'
import type { CloudSettings } from '../settings.ts'
import { roleIdOf } from './built-in-roles.ts'
import type { NewRoleAssignment } from './rbac.ts'
import { listResources } from './resources.ts'

/** The vault that a Databricks secret scope may stand on: its secrets are all of one principal. */
const DEDICATED_VAULT = 'kv-etl-prod'

/** Roles that the managed identity may give and take. */
const grantableRoles = ['AzureML Data Scientist', 'AzureML Compute Operator', 'AzureML Registry User', 'Reader']

/**
 * The condition under which an administrator of role assignments handles no roles but these, and none for people
 * (https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples).
 */
export function limitGrants(roleIds: readonly string[]): string {
  const clause = (verb: string, source: string): string =>
    [
      `(!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'}))`,
      `(${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roleIds.join(', ')}} AND ${source}[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})`,
    ].join(' OR ')
  return `(${clause('write', '@Request')}) AND (${clause('delete', '@Resource')})`
}

/** What the managed identity and Databricks' own service principal may do in the subscription from the beginning. */
export function seedRoleAssignments(settings: CloudSettings, directory: Directory): readonly NewRoleAssignment[] {
  const identityId = settings.identity.objectId
  const databricks = [...directory.servicePrincipals.values()].find(({ appId }) => appId === AZURE_DATABRICKS_APP_ID)
  const resources = listResources(settings)
  const seeds: NewRoleAssignment[] = []
  const give = (principalId: string, scope: string, roleName: string, condition: string | null = null): void =>
    void seeds.push({ principalId, scope, roleId: roleIdOf(roleName), condition })

  for (const { id, name } of resources.filter(({ type }) => type === 'Microsoft.KeyVault/vaults')) {
    give(identityId, id, 'Key Vault Secrets Officer')
    give(identityId, id, 'Reader')
    if (name !== DEDICATED_VAULT) continue
    // Whoever makes a secret scope on a vault must be able to change the vault.
    give(identityId, id, 'Key Vault Contributor')
    if (databricks) give(databricks.objectId, id, 'Key Vault Secrets User')
  }
  const limit = limitGrants(grantableRoles.map(roleIdOf))
  for (const { id } of resources.filter(({ type }) => type.startsWith('Microsoft.MachineLearningServices/'))) {
    give(identityId, id, 'Role Based Access Control Administrator', limit)
  }
  return seeds
}
