import type { SecretClient } from '@azure/keyvault-secrets'
import { StewardError } from '../../platform/errors.ts'
import type { HttpClient } from '../../platform/http/message.ts'
import { rememberSuccess } from '../../platform/remember.ts'
import { Secret } from '../../platform/secret.ts'
import type { Right } from '../right.ts'
import { findRefusal } from '../sdk-transport.ts'
import { type DeletionCalls, deletionCalls } from './deletion.ts'
import { type InventoryCalls, inventoryCalls } from './inventory.ts'
import { explainVaultError, isRefusal } from './refusal.ts'
import { VAULT_RIGHTS } from './rights.ts'
import { loadVaultSdk } from './sdk.ts'
import { findDisabledCurrent, type ListedSecret, type SecretVersion, toVersion } from './secret-version.ts'

export type { ListedSecret, SecretVersion }

/**
 * The secrets of one vault (https://learn.microsoft.com/rest/api/keyvault/secrets). Every call throws `upstream-denied`
 * with the right it needs (see rights.ts), `upstream-rejected`, and what `HttpClient.send` throws.
 */
export interface VaultClient extends DeletionCalls, InventoryCalls {
  /** The version that a reader of the name gets, enabled or not; null when there is none or the secret is deleted. Right: `readSecret`, and `listVersions` when it is disabled. */
  getCurrentSecret(name: string): Promise<SecretVersion | null>
  /** All versions, in no order; empty when there is no such secret. Right: `listVersions`. */
  listSecretVersions(name: string): Promise<SecretVersion[]>
  /** Right: `readSecret`. `upstream-rejected` when the version is not there, or is disabled. */
  readSecretValue(name: string, version: string): Promise<Secret>
  /** Makes a new version, each time. Right: `setSecret`. Also throws `outcome-unknown`. */
  setSecret(
    name: string,
    wish: { value: Secret; expiresAt: Date; tags: Record<string, string>; contentType: string },
  ): Promise<SecretVersion | 'deleted-but-recoverable' | 'being-changed'>
  /** What was current when the secret was deleted; null when there is no deleted secret that can be recovered, or not yet. Right: `readDeletedSecret`. */
  getDeletedSecret(name: string): Promise<SecretVersion | null>
}

export interface VaultClientOptions {
  readonly http: HttpClient
  /** Gives a token for Key Vault, whatever the vault's challenge asks for. */
  readonly token: () => Promise<Secret>
  /** `https://name.vault.azure.net` */
  readonly vaultUrl: string
  /** Who calls, for messages: the client id of Steward's identity. */
  readonly identityLabel: string
}

/** A vault holds no more of one secret than this; a list without end is a broken one. */
const MAX_VERSIONS = 10_000

/** Binds the SDK to our HTTP client; it is loaded at the first call, so that a cold start does not pay for it. */
export function createVaultClient(options: VaultClientOptions): VaultClient {
  const { vaultUrl } = options
  const sdk = rememberSuccess(() => loadVaultSdk(options))
  const call = async <T>(right: Right, work: (client: SecretClient) => Promise<T>): Promise<T> => {
    const client = await sdk()
    try {
      return await work(client)
    } catch (thrown) {
      throw explainVaultError(thrown, { ...options, right })
    }
  }

  const listSecretVersions = (name: string): Promise<SecretVersion[]> =>
    call(VAULT_RIGHTS.listVersions, async (client) => {
      const versions: SecretVersion[] = []
      try {
        for await (const properties of client.listPropertiesOfSecretVersions(name)) {
          versions.push(toVersion(properties))
          if (versions.length > MAX_VERSIONS) {
            throw new StewardError('upstream-rejected', `The versions of secret ${name} in ${vaultUrl} have no end.`)
          }
        }
      } catch (thrown) {
        if (isRefusal(findRefusal(thrown), 404, 'SecretNotFound')) return []
        throw thrown
      }
      return versions
    })

  return {
    ...deletionCalls(options),
    ...inventoryCalls({ vaultUrl, call }),
    listSecretVersions,

    getCurrentSecret: async (name) => {
      const current = await call(VAULT_RIGHTS.readSecret, async (client) => {
        try {
          return toVersion((await client.getSecret(name)).properties)
        } catch (thrown) {
          const refusal = findRefusal(thrown)
          if (isRefusal(refusal, 404, 'SecretNotFound')) return null
          if (isRefusal(refusal, 403, 'SecretDisabled')) return 'disabled'
          throw thrown
        }
      })
      return current === 'disabled' ? findDisabledCurrent(await listSecretVersions(name)) : current
    },

    readSecretValue: (name, version) =>
      call(VAULT_RIGHTS.readSecret, async (client) => {
        try {
          const { value } = await client.getSecret(name, { version })
          if (value) return new Secret(value)
        } catch (thrown) {
          // A 403, but no right is lacking.
          if (!isRefusal(findRefusal(thrown), 403, 'SecretDisabled')) throw thrown
          throw new StewardError(
            'upstream-rejected',
            `Version ${version} of secret ${name} in ${vaultUrl} is disabled: enable it.`,
          )
        }
        throw new StewardError('upstream-rejected', `Version ${version} of secret ${name} in ${vaultUrl} is empty.`)
      }),

    setSecret: (name, { value, expiresAt, tags, contentType }) =>
      call(VAULT_RIGHTS.setSecret, async (client) => {
        let isStored = false
        const onResponse = ({ status }: { status: number }): void => {
          isStored = status < 300
        }
        try {
          const wish = { expiresOn: expiresAt, tags, contentType, onResponse }
          const stored = await client.setSecret(name, value.reveal(), wish)
          return toVersion(stored.properties)
        } catch (thrown) {
          const refusal = findRefusal(thrown)
          if (isRefusal(refusal, 409, 'ObjectIsDeletedButRecoverable')) return 'deleted-but-recoverable'
          if (isRefusal(refusal, 409, 'ObjectIsBeingRecovered', 'ObjectIsBeingDeleted')) return 'being-changed'
          if (!isStored) throw thrown
          throw new StewardError(
            'outcome-unknown',
            `${vaultUrl} took secret ${name} but answered in a form that Steward does not know.`,
          )
        }
      }),

    getDeletedSecret: (name) =>
      call(VAULT_RIGHTS.readDeletedSecret, async (client) => {
        try {
          return toVersion((await client.getDeletedSecret(name)).properties)
        } catch (thrown) {
          if (isRefusal(findRefusal(thrown), 404, 'SecretNotFound')) return null
          throw thrown
        }
      }),
  }
}
