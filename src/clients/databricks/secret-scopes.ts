import { z } from 'zod'
import type { Secret } from '../../platform/secret.ts'
import { type ApiError, demand, type JsonApi } from '../json-api.ts'
import { ask, isMissing, isTaken, orderCall, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

/** A Key Vault as Azure and as its callers name it. */
interface VaultReference {
  readonly resourceId: string
  /** Without a slash at its end. */
  readonly url: string
}

export interface SecretScope {
  readonly name: string
  readonly backend: 'databricks' | 'key-vault'
  /** Null for the backend `databricks`. */
  readonly vault: VaultReference | null
}

export interface SecretScopeCalls {
  listSecretScopes(): Promise<SecretScope[]>
  /** Backed by the vault, or by Databricks itself when there is none. */
  createSecretScope(name: string, vault: VaultReference | null): Promise<'created' | 'already-exists'>
  /** With all secrets that are in it. One that is gone already is no error. */
  deleteSecretScope(name: string): Promise<void>
}

/** Who Steward is to Azure, whose resources a scope may stand on. */
export interface AzureStanding {
  readonly workspaceResourceId: string
  /** Gives a token for the Service Management API. */
  readonly managementToken: () => Promise<Secret>
}

const PATH = '/api/2.0/secrets/scopes'

const scopeAnswer = z
  .object({
    name: z.string().max(1024),
    backend_type: z.enum(['DATABRICKS', 'AZURE_KEYVAULT']).default('DATABRICKS'),
    keyvault_metadata: z.object({ resource_id: z.string().max(2048), dns_name: z.string().max(2048) }).nullish(),
  })
  .transform(({ name, backend_type, keyvault_metadata }, context): SecretScope => {
    if (backend_type === 'DATABRICKS') return { name, backend: 'databricks', vault: null }
    if (keyvault_metadata) {
      const { resource_id, dns_name } = keyvault_metadata
      return { name, backend: 'key-vault', vault: { resourceId: resource_id, url: dns_name.replace(/\/$/, '') } }
    }
    context.addIssue({ code: 'custom', message: 'does not say which vault is behind it' })
    return z.NEVER
  })

const scopesAnswer = z.object({ scopes: z.array(scopeAnswer).max(10_000).default([]) })

/** Calls on a workspace's secret scopes. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function secretScopeCalls(workspace: JsonApi, azure: AzureStanding): SecretScopeCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/secrets/listscopes; right: `readSecretScopes`. It has no pages. */
    listSecretScopes: async () => {
      const right = DATABRICKS_RIGHTS.readSecretScopes
      const call = readCall(`${PATH}/list`, {}, { right, answer: scopesAnswer })
      return demand(workspace, call, await workspace.call(call)).scopes
    },

    /**
     * https://docs.databricks.com/api/azure/workspace/secrets/createscope; right: `createSecretScope`, for a vault
     * `createVaultScope`. The creator alone may manage it. For a vault it lets Databricks into the vault's access
     * policies in the caller's name, which is why Azure has to know the caller.
     */
    createSecretScope: async (name, vault) => {
      const call = vault ? vaultScopeCall(name, vault, azure) : databricksScopeCall(name)
      const outcome = await ask(workspace, call, (error) => {
        if (isTaken(error) || isTakenInWords(error)) return 'already-exists'
        if (vault && isVaultDenial(error)) throw workspace.deny(call, error)
        return undefined
      })
      return outcome === 'already-exists' ? outcome : 'created'
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/deletescope; right: `deleteSecretScope`. A vault behind it stays as it is. */
    deleteSecretScope: async (name) => {
      const call = orderCall(`${PATH}/delete`, { scope: name }, DATABRICKS_RIGHTS.deleteSecretScope)
      await ask(workspace, call, (error) => (isMissing(error) ? 'gone' : undefined))
    },
  }
}

function databricksScopeCall(name: string) {
  const body = { scope: name, scope_backend_type: 'DATABRICKS' }
  return orderCall(`${PATH}/create`, body, DATABRICKS_RIGHTS.createSecretScope)
}

function vaultScopeCall(
  name: string,
  { resourceId, url }: VaultReference,
  { workspaceResourceId, managementToken }: AzureStanding,
) {
  const body = {
    scope: name,
    scope_backend_type: 'AZURE_KEYVAULT',
    backend_azure_keyvault: { resource_id: resourceId, dns_name: `${url}/` },
  }
  return {
    ...orderCall(`${PATH}/create`, body, DATABRICKS_RIGHTS.createVaultScope),
    headers: async () => ({
      'x-databricks-azure-sp-management-token': (await managementToken()).reveal(),
      'x-databricks-azure-workspace-resource-id': workspaceResourceId,
    }),
  }
}

/** Some workspaces give no code. */
function isTakenInWords({ status, code, message }: ApiError): boolean {
  return [400, 409].includes(status) && code === null && /^Scope .* already exists/i.test(message)
}

/** The status may be any: it is Databricks that was refused, by Azure. Of a vault that is not there it says the same. */
function isVaultDenial({ code, message }: ApiError): boolean {
  return (
    code === 'CUSTOMER_UNAUTHORIZED' ||
    /Unable to grant .* permission to Databricks service principal(?!.*Status code 404)/i.test(message) ||
    /unable to verify user access/i.test(message)
  )
}
