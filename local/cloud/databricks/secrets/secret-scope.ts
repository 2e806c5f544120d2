/** From the least to the most: each includes those before it. */
export const aclPermissions = ['READ', 'WRITE', 'MANAGE'] as const

export type AclPermission = (typeof aclPermissions)[number]

export interface SecretAcl {
  readonly principal: string
  readonly permission: AclPermission
}

export interface StoredSecret {
  readonly key: string
  readonly value: Buffer
  readonly updatedAt: number
}

interface CommonScope {
  readonly name: string
  acls: readonly SecretAcl[]
}

export interface DatabricksScope extends CommonScope {
  readonly backend: 'DATABRICKS'
  /** By lower-case key. */
  readonly secrets: Map<string, StoredSecret>
}

/** A window on a vault, through which nothing can be written. */
export interface KeyVaultScope extends CommonScope {
  readonly backend: 'AZURE_KEYVAULT'
  readonly resourceId: string
  /** As it was given, e.g. `https://kv.vault.azure.net/`. */
  readonly dnsName: string
}

export type SecretScope = DatabricksScope | KeyVaultScope
