export const VAULT = 'https://kv-team.vault.azure.net'
export const OTHER_VAULT = 'https://kv-steward.vault.azure.net'
export const WORKSPACE = 'https://adb-1234567890123456.7.azuredatabricks.net'

/** A request with every section, under a name of its own so that tests do not meet. */
export function createRequest(name: string) {
  return {
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    clientSecret: { vault: VAULT, secretName: `${name}-secret`, lifetimeDays: 180 },
    databricks: { workspace: WORKSPACE, entitlements: ['workspace-access'], groups: ['etl'] },
  }
}

const MACHINE_LEARNING =
  '/subscriptions/7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices'
export const ML_WORKSPACE = `${MACHINE_LEARNING}/workspaces/mlw-prod`
const ML_REGISTRY = `${MACHINE_LEARNING}/registries/mlr-shared`

/** Everything that an onboarding can ask for: a scope with copies, a job that runs, roles on a workspace and a registry. */
export function createWholeRequest(name: string) {
  const { databricks, ...request } = createRequest(name)
  return {
    ...request,
    databricks: {
      ...databricks,
      entitlements: ['workspace-access', 'allow-cluster-create'],
      secretScope: { name },
      job: { name: `${name}-check`, storageAccount: 'stlake', managers: ['etl-leads'], run: true },
    },
    machineLearning: {
      workspace: ML_WORKSPACE,
      roles: ['AzureML Data Scientist'],
      registry: ML_REGISTRY,
      registryRoles: ['AzureML Registry User'],
    },
  }
}
