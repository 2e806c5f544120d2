import { z } from 'zod'
import { AZURE_DATABRICKS } from '../../platform/clouds.ts'
import { StewardError } from '../../platform/errors.ts'
import { Secret } from '../../platform/secret.ts'
import { type ApiError, type ApiOutcome, demand, type JsonApi } from '../json-api.ts'
import { ask, isMissing, orderCall, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export interface SecretCalls {
  /** Throws `vault-unreadable` when Databricks cannot read the vault behind the scope. */
  listSecretKeys(scope: string): Promise<string[]>
  /** Null when there is none. Throws `vault-unreadable`, too. */
  getSecretValue(scope: string, key: string): Promise<Secret | null>
  putSecret(scope: string, key: string, value: Secret): Promise<void>
  /** One that is gone already is no error. */
  deleteSecret(scope: string, key: string): Promise<void>
}

const PATH = '/api/2.0/secrets'

const keysAnswer = z.object({
  secrets: z
    .array(z.object({ key: z.string().max(1024) }))
    .max(10_000)
    .default([]),
})

/** 128 KiB, as base64. */
const MAX_VALUE_LENGTH = 180_000

/** The value leaves the schema as a `Secret` and is nowhere else. */
const valueAnswer = z.object({
  value: z
    .base64()
    .max(MAX_VALUE_LENGTH)
    .transform((value) => new Secret(Buffer.from(value, 'base64').toString('utf8'))),
})

/**
 * Calls on the secrets of a scope. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws;
 * no message ever holds a value.
 */
export function secretCalls(workspace: JsonApi): SecretCalls {
  const refuseUnreadable = (scope: string, outcome: ApiOutcome<unknown>): void => {
    if (outcome.kind === 'refused' && isVaultUnreadable(outcome.error)) throw explainUnreadable(workspace, scope)
  }

  return {
    /** https://docs.databricks.com/api/azure/workspace/secrets/listsecrets; right: `readSecrets`. */
    listSecretKeys: async (scope) => {
      const call = readCall(`${PATH}/list`, { scope }, { right: DATABRICKS_RIGHTS.readSecrets, answer: keysAnswer })
      const outcome = await workspace.call(call)
      refuseUnreadable(scope, outcome)
      return demand(workspace, call, outcome).secrets.map(({ key }) => key)
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/getsecret; right: `readSecrets`. */
    getSecretValue: async (scope, key) => {
      const right = DATABRICKS_RIGHTS.readSecrets
      const call = {
        ...readCall(`${PATH}/get`, { scope, key }, { right, answer: valueAnswer }),
        isConfidential: true,
      }
      const outcome = await workspace.call(call)
      refuseUnreadable(scope, outcome)
      if (outcome.kind === 'refused' && isMissing(outcome.error)) return null
      return demand(workspace, call, outcome).value
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/putsecret; right: `changeSecrets`. Replaces what is there. */
    putSecret: async (scope, key, value) => {
      const body = { scope, key, string_value: value.reveal() }
      const call = { ...orderCall(`${PATH}/put`, body, DATABRICKS_RIGHTS.changeSecrets), isConfidential: true }
      demand(workspace, call, await workspace.call(call))
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/deletesecret; right: `changeSecrets`. */
    deleteSecret: async (scope, key) => {
      const call = orderCall(`${PATH}/delete`, { scope, key }, DATABRICKS_RIGHTS.changeSecrets)
      await ask(workspace, call, (error) => (isMissing(error) ? 'gone' : undefined))
    },
  }
}

/** Words of a vault's own refusals, which Databricks passes on: of its roles, its access policies and its firewall. */
const VAULT_WORDS = /key ?vault|not authorized to perform action|client address is not authorized/i

function isVaultUnreadable({ code, message }: ApiError): boolean {
  return (code === 'INVALID_STATE' || code === 'PERMISSION_DENIED') && VAULT_WORDS.test(message)
}

function explainUnreadable(workspace: JsonApi, scope: string): StewardError {
  return new StewardError(
    'vault-unreadable',
    `Azure Databricks (${new URL(workspace.origin).host}) cannot read the Key Vault behind the secret scope ${scope}. Its service principal AzureDatabricks (${AZURE_DATABRICKS}) needs the role "Key Vault Secrets User" on the vault, or Get and List in its access policies; and the vault's firewall must let trusted Microsoft services in.`,
    { data: { scope } },
  )
}
