/** What a role allows; wildcards as in `Microsoft.KeyVault/vaults/*` (https://learn.microsoft.com/azure/role-based-access-control/role-definitions). */
export interface Permission {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
}

/** A built-in role, which has one permission only. */
export interface RoleDefinition {
  readonly id: string
  readonly roleName: string
  readonly description: string
  readonly permission: Permission
}

function role(id: string, roleName: string, description: string, permission: Partial<Permission>): RoleDefinition {
  const nothing = { actions: [], notActions: [], dataActions: [], notDataActions: [] }
  return { id, roleName, description, permission: { ...nothing, ...permission } }
}

/** The management side of the Key Vault roles that also read or write what is inside. */
const vaultManagement = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
  'Microsoft.Support/*',
  'Microsoft.KeyVault/checkNameAvailability/read',
  'Microsoft.KeyVault/deletedVaults/read',
  'Microsoft.KeyVault/locations/*/read',
  'Microsoft.KeyVault/vaults/*/read',
  'Microsoft.KeyVault/operations/read',
]

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices'
const ML = 'Microsoft.MachineLearningServices'

/** Built-in roles have the same ids everywhere: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles. */
export const builtInRoles: readonly RoleDefinition[] = [
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', 'Manages everything, access included.', { actions: ['*'] }),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', 'Manages everything but access.', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
      'Microsoft.Purview/consents/write',
      'Microsoft.Purview/consents/delete',
      'Microsoft.Resources/deploymentStacks/manageDenySetting/action',
    ],
  }),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', 'Views everything, changes nothing.', { actions: ['*/read'] }),
  role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', 'Manages access for everybody.', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  role(
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Role Based Access Control Administrator',
    'Assigns roles, and manages access in no other way.',
    {
      actions: [
        'Microsoft.Authorization/roleAssignments/write',
        'Microsoft.Authorization/roleAssignments/delete',
        '*/read',
        'Microsoft.Support/*',
      ],
    },
  ),
  role('f6c7c914-8db3-469d-8ca1-694a8f32e121', 'AzureML Data Scientist', 'Works in a workspace, not on it.', {
    actions: ['read', 'action', 'delete', 'write'].map((verb) => `${ML}/workspaces/*/${verb}`),
    notActions: [
      `${ML}/workspaces/delete`,
      `${ML}/workspaces/write`,
      `${ML}/workspaces/computes/*/write`,
      `${ML}/workspaces/computes/*/delete`,
      `${ML}/workspaces/computes/listKeys/action`,
      `${ML}/workspaces/listKeys/action`,
      `${ML}/workspaces/hubs/write`,
      `${ML}/workspaces/hubs/delete`,
      `${ML}/workspaces/featurestores/write`,
      `${ML}/workspaces/featurestores/delete`,
    ],
  }),
  role('e503ece1-11d0-4e8e-8e2c-7a6c3bf38815', 'AzureML Compute Operator', 'Manages the compute of a workspace.', {
    actions: [`${ML}/workspaces/computes/*`, `${ML}/workspaces/notebooks/vm/*`],
  }),
  role('1823dd4f-9b8c-4ab6-ab4e-7397a3684615', 'AzureML Registry User', 'Works with the assets of a registry.', {
    actions: [`${ML}/registries/read`, `${ML}/registries/assets/*`],
  }),
  role(
    '635dd51f-9968-44d3-b7fb-6d9a6bd613ae',
    'AzureML Metrics Writer (preview)',
    'Writes the metrics of a workspace.',
    {
      actions: [`${ML}/workspaces/metrics/*/write`],
    },
  ),
  role('00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator', 'Does everything inside of a vault.', {
    actions: vaultManagement,
    dataActions: ['Microsoft.KeyVault/vaults/*'],
  }),
  role('f25e0fa2-a7c8-4377-a976-54943a77a395', 'Key Vault Contributor', 'Manages vaults, not what is inside.', {
    actions: [
      'Microsoft.Authorization/*/read',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.KeyVault/*',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
    notActions: [
      'Microsoft.KeyVault/locations/deletedVaults/purge/action',
      'Microsoft.KeyVault/hsmPools/*',
      'Microsoft.KeyVault/managedHsms/*',
    ],
  }),
  role('b86a8fe4-44ce-4948-aee5-eccb2c155cd7', 'Key Vault Secrets Officer', 'Does everything with secrets.', {
    actions: vaultManagement,
    dataActions: ['Microsoft.KeyVault/vaults/secrets/*'],
  }),
  role('4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User', 'Reads the values of secrets.', {
    dataActions: [
      'Microsoft.KeyVault/vaults/secrets/getSecret/action',
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    ],
  }),
  role('21090545-7ca7-4776-b22c-e363652d74d2', 'Key Vault Reader', 'Reads about vaults and secrets, no values.', {
    actions: vaultManagement,
    dataActions: ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'],
  }),
  role('2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Storage Blob Data Reader', 'Reads blobs.', {
    actions: [`${BLOBS}/containers/read`, `${BLOBS}/generateUserDelegationKey/action`],
    dataActions: [`${BLOBS}/containers/blobs/read`],
  }),
  role('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor', 'Reads, writes and deletes blobs.', {
    actions: [
      `${BLOBS}/containers/delete`,
      `${BLOBS}/containers/read`,
      `${BLOBS}/containers/write`,
      `${BLOBS}/generateUserDelegationKey/action`,
    ],
    dataActions: ['delete', 'read', 'write', 'move/action', 'add/action'].map(
      (verb) => `${BLOBS}/containers/blobs/${verb}`,
    ),
  }),
]

/** Finds a role by its id or its name, without regard to case. */
export function findRole(idOrName: string): RoleDefinition | undefined {
  const wanted = idOrName.toLowerCase()
  return builtInRoles.find(({ id, roleName }) => id === wanted || roleName.toLowerCase() === wanted)
}

/** The id of a role that is known here by this name. */
export function roleIdOf(roleName: string): string {
  const found = findRole(roleName)
  if (found === undefined) throw new Error(`the local Azure has no role "${roleName}"`)
  return found.id
}
