const VAULT = 'https://kv-team.vault.azure.net'
const WORKSPACE = 'https://adb-1234567890123456.7.azuredatabricks.net'

const LEARNING =
  '/subscriptions/7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices'

/** A new Microsoft Entra principal with every section. */
export function createWholeRequest(name: string) {
  return {
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    clientSecret: { vault: VAULT, secretName: `${name}-secret` },
    databricks: {
      workspace: WORKSPACE,
      entitlements: ['workspace-access', 'allow-cluster-create'],
      groups: ['etl'],
      secretScope: { name },
      job: { name, storageAccount: 'stlake', managers: ['etl-leads'], run: true },
    },
    machineLearning: {
      workspace: `${LEARNING}/workspaces/mlw-prod`,
      roles: ['AzureML Data Scientist'],
      registry: `${LEARNING}/registries/mlr-shared`,
      registryRoles: ['AzureML Registry User'],
    },
  }
}

/** Every kind of new principal in turn. */
export function createMixedRequest(index: number) {
  const name = `mixed-${index}`
  const whole = createWholeRequest(name)
  const { servicePrincipal, clientSecret, machineLearning } = whole
  const { workspace, entitlements, groups } = whole.databricks
  const kinds = [
    whole,
    { name, servicePrincipal, clientSecret, machineLearning },
    {
      name,
      servicePrincipal: { kind: 'databricks', displayName: name },
      databricks: { workspace, entitlements, groups },
    },
    { name, servicePrincipal },
  ]
  return kinds[index % kinds.length]
}
