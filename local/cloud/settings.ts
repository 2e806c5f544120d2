/** Names and ids of the pretend tenant and of the identity that Steward runs as. */
export interface CloudSettings {
  readonly tenantId: string
  /** Object id and client id of the user-assigned managed identity. */
  readonly identity: { readonly objectId: string; readonly clientId: string; readonly name: string }
  readonly subscriptionId: string
  /** Host names, without scheme. */
  readonly vaults: readonly string[]
  readonly workspaces: readonly string[]
}

/** The pretend tenant: made-up ids, always the same, so that examples and recordings can name them. */
export const DEFAULT_SETTINGS: CloudSettings = {
  tenantId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001',
  identity: {
    objectId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0002',
    clientId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0003',
    name: 'id-steward',
  },
  subscriptionId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004',
  vaults: ['kv-steward.vault.azure.net', 'kv-team.vault.azure.net', 'kv-etl-prod.vault.azure.net'],
  workspaces: ['adb-1234567890123456.7.azuredatabricks.net', 'adb-2234567890123456.3.azuredatabricks.net'],
}
