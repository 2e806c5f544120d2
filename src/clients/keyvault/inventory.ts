import type { SecretClient } from '@azure/keyvault-secrets'
import { StewardError } from '../../platform/errors.ts'
import type { Right } from '../right.ts'
import { findRefusal } from '../sdk-transport.ts'
import { isRefusal } from './refusal.ts'
import { VAULT_RIGHTS } from './rights.ts'
import { type ListedSecret, type SecretVersion, toListedSecret, toVersion } from './secret-version.ts'

export interface InventoryCalls {
  /** The current version of every secret, page by page, in no order; deleted ones are not among them. Right: `listSecrets`. */
  listSecrets(): AsyncIterable<readonly ListedSecret[]>
  /**
   * Changes what is told of a version; its value stays. Tags replace the whole set. `not-there` also when the secret is
   * deleted. Right: `updateSecret`.
   */
  updateSecret(
    name: string,
    version: string,
    change: { readonly tags?: Readonly<Record<string, string>>; readonly isEnabled?: boolean },
  ): Promise<SecretVersion | 'not-there'>
}

/** How calls of the SDK are made. */
export interface VaultCaller {
  readonly vaultUrl: string
  /** Runs work with the SDK's client; what it throws comes in the operator's terms. */
  readonly call: <T>(right: Right, work: (client: SecretClient) => Promise<T>) => Promise<T>
}

/** The most that a vault gives at once. */
const PAGE_SIZE = 25
/** Far more than anybody keeps in one vault; a list without end is a broken one. */
const MAX_PAGES = 4_000

/** Calls on all secrets of a vault, and on what is told of them (https://learn.microsoft.com/rest/api/keyvault/secrets). */
export function inventoryCalls({ vaultUrl, call }: VaultCaller): InventoryCalls {
  return {
    /** https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets */
    listSecrets: async function* () {
      const right = VAULT_RIGHTS.listSecrets
      const pages = await call(right, async (client) =>
        client.listPropertiesOfSecrets().byPage({ maxPageSize: PAGE_SIZE }),
      )
      for (let count = 0; count < MAX_PAGES; count += 1) {
        const page = await call(right, async () => {
          const next = await pages.next()
          return next.done === true ? null : next.value.map(toListedSecret)
        })
        if (page === null) return
        yield page
      }
      throw new StewardError('upstream-rejected', `The list of secrets in ${vaultUrl} has no end.`)
    },

    /** https://learn.microsoft.com/rest/api/keyvault/secrets/update-secret/update-secret */
    updateSecret: (name, version, { tags, isEnabled }) =>
      call(VAULT_RIGHTS.updateSecret, async (client) => {
        try {
          const change = {
            ...(tags === undefined ? {} : { tags: { ...tags } }),
            ...(isEnabled === undefined ? {} : { enabled: isEnabled }),
          }
          return toVersion(await client.updateSecretProperties(name, version, change))
        } catch (thrown) {
          const refusal = findRefusal(thrown)
          if (isRefusal(refusal, 404, 'SecretNotFound')) return 'not-there'
          if (isRefusal(refusal, 409, 'ObjectIsBeingDeleted', 'ObjectIsDeletedButRecoverable')) return 'not-there'
          throw thrown
        }
      }),
  }
}
