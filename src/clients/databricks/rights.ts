import type { Right } from '../right.ts'

const WORKSPACE_ADMIN = {
  right: 'to be a service principal of the workspace and a member of its group "admins"',
  grantedBy:
    'a workspace admin, in Settings > Identity and access: add the identity by its client id and put it into "admins"',
} as const

function workspaceAdmin(action: string): Right {
  return { action, on: 'the Azure Databricks workspace', ...WORKSPACE_ADMIN }
}

/** What Steward's identity needs in a workspace (https://learn.microsoft.com/azure/databricks/admin/users-groups/service-principals). */
export const DATABRICKS_RIGHTS = {
  readServicePrincipals: workspaceAdmin('read service principals'),
  createServicePrincipal: workspaceAdmin('add a service principal'),
  changeServicePrincipal: workspaceAdmin('change a service principal'),
  deleteServicePrincipal: workspaceAdmin('remove a service principal'),
  readGroups: workspaceAdmin('read groups'),
  changeGroup: workspaceAdmin('put a service principal into a group'),
  readSecretScopes: workspaceAdmin('list secret scopes'),
  createSecretScope: workspaceAdmin('create a secret scope'),
  /** Databricks lets itself into the vault in the caller's name (https://learn.microsoft.com/azure/databricks/security/secrets/secret-scopes). */
  createVaultScope: {
    action: 'create a secret scope backed by a Key Vault',
    on: 'the Azure Databricks workspace or the Key Vault',
    right: `${WORKSPACE_ADMIN.right}; and Microsoft.KeyVault/vaults/write on the vault, as the role Contributor has it`,
    grantedBy: `${WORKSPACE_ADMIN.grantedBy}; and an Owner or User Access Administrator of the vault: az role assignment create --role Contributor`,
  },
  deleteSecretScope: workspaceAdmin('delete a secret scope'),
  readSecretAcls: workspaceAdmin('read the permissions on a secret scope'),
  changeSecretAcls: workspaceAdmin('change the permissions on a secret scope'),
  readSecrets: workspaceAdmin('read a secret scope'),
  changeSecrets: workspaceAdmin('change the secrets of a scope'),
  readPermissions: workspaceAdmin('read permissions'),
  changePermissions: workspaceAdmin('change permissions'),
  readObjects: workspaceAdmin('read the workspace folders'),
  changeObjects: workspaceAdmin('change the workspace folders'),
  readJobs: workspaceAdmin('read jobs'),
  createJob: workspaceAdmin('create a job'),
  changeJob: workspaceAdmin('change a job'),
  deleteJob: workspaceAdmin('delete a job'),
  runJob: workspaceAdmin('run a job'),
  readRuns: workspaceAdmin('read runs of a job'),
  cancelRuns: workspaceAdmin('cancel the runs of a job'),
} as const satisfies Record<string, Right>
