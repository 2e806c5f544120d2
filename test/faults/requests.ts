import { createWholeRequest, VAULT, WORKSPACE } from '../support/onboarding-request.ts'

/** Body of `POST /onboardings`, as far as what it leaves behind is looked at. */
export interface FaultRequest {
  readonly name: string
  readonly clientSecret: { readonly vault: string; readonly secretName: string }
  readonly databricks: {
    readonly groups: readonly string[]
    /** With copies of its own unless the backend is a vault. */
    readonly secretScope?: { readonly name: string; readonly backend?: string }
    readonly job?: { readonly name: string; readonly managers: readonly string[] }
  }
  readonly machineLearning?: { readonly roles: readonly string[]; readonly registryRoles: readonly string[] }
}

/** All sections, with a scope on a vault, which is dedicated to this one name; the secret's name keeps tests apart. */
export function createVaultScopeRequest(secretName: string) {
  const vault = 'https://kv-etl-prod.vault.azure.net'
  const whole = createWholeRequest('etl-prod')
  return {
    ...whole,
    clientSecret: { ...whole.clientSecret, vault, secretName },
    databricks: { ...whole.databricks, secretScope: { name: 'etl-prod', backend: 'key-vault', vault } },
  }
}

/** A token of an application that Steward acts as by its own identity; nothing else. */
export function createTokenRequest(name: string) {
  return {
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    databricks: { workspace: WORKSPACE, groups: ['etl'], accessToken: { vault: VAULT, secretName: `${name}-token` } },
  }
}

/** A token of a principal that Databricks manages, and a copy of it in a scope. */
export function createManagedTokenRequest(name: string) {
  const { databricks } = createTokenRequest(name)
  return {
    name,
    servicePrincipal: { kind: 'databricks', displayName: name },
    databricks: { ...databricks, secretScope: { name } },
  }
}
