export const VAULT = 'https://kv-etl-prod.vault.azure.net'
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
