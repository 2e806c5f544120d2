import { z } from 'zod'
import type { HttpMethod } from '../../platform/http/message.ts'
import { type ApiError, createJsonApi, type JsonApiOptions } from '../json-api.ts'
import type { Right } from '../right.ts'
import { explainVaultRefusal, isRefusal, parseVaultError } from './refusal.ts'
import { VAULT_RIGHTS } from './rights.ts'

export interface DeletionCalls {
  /**
   * Begins to delete all versions; the name stays taken until the secret is recovered or purged. `missing` also when it is
   * deleted already, `being-changed` while it is recovered. Right: `deleteSecret`.
   */
  deleteSecret(name: string): Promise<'deleting' | 'missing' | 'being-changed'>
  /**
   * Begins to bring all versions back. `missing` when there is no such deleted secret, `being-changed` while it is still
   * being deleted: ask again then. Right: `recoverSecret`.
   */
  recoverSecret(name: string): Promise<'recovering' | 'missing' | 'being-changed'>
}

export type DeletionOptions = Pick<JsonApiOptions, 'http' | 'token' | 'identityLabel'> & { readonly vaultUrl: string }

const API_VERSION = '7.5'

/**
 * Calls that begin something (https://learn.microsoft.com/rest/api/keyvault/secrets). Not through the SDK: its pollers send
 * further requests at once, and recovering would read the value on the way.
 */
export function deletionCalls({ vaultUrl, ...options }: DeletionOptions): DeletionCalls {
  const vault = createJsonApi({
    ...options,
    origin: new URL(vaultUrl).origin,
    contentType: 'application/json',
    parseError: parseVaultError,
  })
  /** Null once the vault has begun, else why it has not. */
  const begin = async (method: HttpMethod, path: string, right: Right): Promise<ApiError | null> => {
    const call = { method, path: `${path}?api-version=${API_VERSION}`, isRepeatable: true, right, answer: z.unknown() }
    const outcome = await vault.call(call)
    return outcome.kind === 'done' ? null : outcome.error
  }
  const explain = (error: ApiError, right: Right): Error =>
    explainVaultRefusal(error, { right, vaultUrl, identityLabel: options.identityLabel })

  return {
    /** https://learn.microsoft.com/rest/api/keyvault/secrets/delete-secret/delete-secret */
    deleteSecret: async (name) => {
      const error = await begin('DELETE', `/secrets/${encodeURIComponent(name)}`, VAULT_RIGHTS.deleteSecret)
      if (error === null || isRefusal(error, 409, 'ObjectIsBeingDeleted')) return 'deleting'
      if (isRefusal(error, 404, 'SecretNotFound') || isRefusal(error, 409, 'ObjectIsDeletedButRecoverable')) {
        return 'missing'
      }
      if (isRefusal(error, 409, 'ObjectIsBeingRecovered')) return 'being-changed'
      throw explain(error, VAULT_RIGHTS.deleteSecret)
    },

    /** https://learn.microsoft.com/rest/api/keyvault/secrets/recover-deleted-secret/recover-deleted-secret */
    recoverSecret: async (name) => {
      const path = `/deletedsecrets/${encodeURIComponent(name)}/recover`
      const error = await begin('POST', path, VAULT_RIGHTS.recoverSecret)
      if (error === null || isRefusal(error, 409, 'ObjectIsBeingRecovered')) return 'recovering'
      if (isRefusal(error, 404, 'SecretNotFound')) return 'missing'
      if (isRefusal(error, 409, 'ObjectIsBeingDeleted')) return 'being-changed'
      throw explain(error, VAULT_RIGHTS.recoverSecret)
    },
  }
}
