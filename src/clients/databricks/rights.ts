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
  readTokens: workspaceAdmin('list personal access tokens'),
  revokeToken: workspaceAdmin('revoke a personal access token'),
  readTokenSettings: workspaceAdmin('read the settings for personal access tokens'),
  readTokenPermissions: workspaceAdmin('read who may use personal access tokens'),
  changeTokenPermissions: workspaceAdmin('let a service principal use personal access tokens'),
  changeOAuthSecrets: workspaceAdmin('create and delete OAuth secrets of a service principal'),
} as const satisfies Record<string, Right>

/** What a service principal needs in a workspace for what it does there itself, in its own name. */
export const PRINCIPAL_RIGHTS = {
  signIn: {
    action: 'sign in',
    on: 'the Azure Databricks workspace',
    right: 'to be an active service principal of the workspace, and to come from a network that the workspace lets in',
    grantedBy: 'the onboarding step workspace-principal, or a workspace admin in Settings > Identity and access',
  },
  /** https://learn.microsoft.com/azure/databricks/security/auth/api-access-permissions */
  createToken: {
    action: 'create a personal access token for itself',
    on: 'the Azure Databricks workspace',
    right: 'the permission CAN_USE on personal access tokens',
    grantedBy:
      'the onboarding step token-permission, or a workspace admin in Settings > Advanced > Personal access tokens > Permission settings',
  },
} as const satisfies Record<string, Right>
