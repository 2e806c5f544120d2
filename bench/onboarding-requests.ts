const VAULT = 'https://kv-etl-prod.vault.azure.net'
const WORKSPACE = 'https://adb-1234567890123456.7.azuredatabricks.net'

/** A new Microsoft Entra principal with every section. */
export function createWholeRequest(name: string) {
  return {
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    clientSecret: { vault: VAULT, secretName: `${name}-secret` },
    databricks: { workspace: WORKSPACE, entitlements: ['workspace-access'], groups: ['etl'] },
  }
}

/** Every kind of new principal in turn. */
export function createMixedRequest(index: number) {
  const name = `mixed-${index}`
  const { servicePrincipal, clientSecret, databricks } = createWholeRequest(name)
  const kinds = [
    { name, servicePrincipal, clientSecret, databricks },
    { name, servicePrincipal, clientSecret },
    { name, servicePrincipal: { kind: 'databricks', displayName: name }, databricks },
    { name, servicePrincipal },
  ]
  return kinds[index % kinds.length]
}
