import type { SecretClient, SecretProperties } from '@azure/keyvault-secrets'
import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import type { HttpClient } from '../../platform/http/message.ts'
import { rememberSuccess } from '../../platform/remember.ts'
import type { Secret } from '../../platform/secret.ts'
import { idText } from '../answer.ts'
import type { Right } from '../right.ts'
import { explainVaultError, VaultRefusal } from './refusal.ts'
import { VAULT_RIGHTS } from './rights.ts'
import { createSdkTransport } from './transport.ts'

/** One version of a secret: everything but the value, which never leaves this client. */
export interface SecretVersion {
  readonly version: string
  readonly isEnabled: boolean
  readonly expiresAt: Date | null
  /** To the second. */
  readonly createdAt: Date
  readonly tags: Readonly<Record<string, string>>
}

/**
 * The secrets of one vault (https://learn.microsoft.com/rest/api/keyvault/secrets). Every call throws `upstream-denied`
 * with the right it needs (see rights.ts), `upstream-rejected`, and what `HttpClient.send` throws.
 */
export interface VaultClient {
  /** The version that a reader of the name gets, enabled or not; null when there is none or the secret is deleted. Right: `readSecret`, and `listVersions` when it is disabled. */
  getCurrentSecret(name: string): Promise<SecretVersion | null>
  /** All versions, in no order; empty when there is no such secret. Right: `listVersions`. */
  listSecretVersions(name: string): Promise<SecretVersion[]>
  /** Makes a new version, each time. Right: `setSecret`. Also throws `outcome-unknown`. */
  setSecret(
    name: string,
    wish: { value: Secret; expiresAt: Date; tags: Record<string, string>; contentType: string },
  ): Promise<SecretVersion | 'deleted-but-recoverable' | 'being-changed'>
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

const versionSchema = z
  .object({
    version: idText,
    enabled: z.boolean().default(true),
    expiresOn: z.date().nullish(),
    createdOn: z.date(),
    tags: z.record(z.string(), z.string()).nullish(),
  })
  .transform(
    ({ version, enabled, expiresOn, createdOn, tags }): SecretVersion => ({
      version,
      isEnabled: enabled,
      expiresAt: expiresOn ?? null,
      createdAt: createdOn,
      tags: tags ?? {},
    }),
  )

/** Binds the SDK to our HTTP client; it is loaded at the first call, so that a cold start does not pay for it. */
export function createVaultClient(options: VaultClientOptions): VaultClient {
  const sdk = rememberSuccess(() => loadClient(options))
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
            throw new StewardError(
              'upstream-rejected',
              `The versions of secret ${name} in ${options.vaultUrl} have no end.`,
            )
          }
        }
      } catch (thrown) {
        if (isRefusal(thrown, 404, 'SecretNotFound')) return []
        throw thrown
      }
      return versions
    })

  return {
    listSecretVersions,

    getCurrentSecret: async (name) => {
      const current = await call(VAULT_RIGHTS.readSecret, async (client) => {
        try {
          return toVersion((await client.getSecret(name)).properties)
        } catch (thrown) {
          if (isRefusal(thrown, 404, 'SecretNotFound')) return null
          if (isRefusal(thrown, 403, 'SecretDisabled')) return 'disabled'
          throw thrown
        }
      })
      return current === 'disabled' ? findDisabledCurrent(await listSecretVersions(name)) : current
    },

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
          if (isRefusal(thrown, 409, 'ObjectIsDeletedButRecoverable')) return 'deleted-but-recoverable'
          if (isRefusal(thrown, 409, 'ObjectIsBeingRecovered', 'ObjectIsBeingDeleted')) return 'being-changed'
          if (!isStored) throw thrown
          throw new StewardError(
            'outcome-unknown',
            `${options.vaultUrl} took secret ${name} but answered in a form that Steward does not know.`,
          )
        }
      }),
  }
}

async function loadClient({ http, token, vaultUrl }: VaultClientOptions): Promise<SecretClient> {
  const [sdk, { createHttpHeaders }] = await Promise.all([
    import('@azure/keyvault-secrets'),
    import('@azure/core-rest-pipeline'),
  ])
  // Expired on arrival, so that the SDK asks each time: renewing in time is the identity's business.
  const credential = { getToken: async () => ({ token: (await token()).reveal(), expiresOnTimestamp: 0 }) }
  return new sdk.SecretClient(vaultUrl, credential, {
    httpClient: createSdkTransport({ http, vaultUrl, createHeaders: createHttpHeaders }),
    retryOptions: { maxRetries: 0 },
    disableChallengeResourceVerification: false,
  })
}

function toVersion(properties: SecretProperties): SecretVersion {
  return versionSchema.parse(properties)
}

/** Several versions may be of the same second; the current one is known to be disabled. */
function findDisabledCurrent(versions: readonly SecretVersion[]): SecretVersion | null {
  const disabled = versions.filter(({ isEnabled }) => !isEnabled)
  return disabled.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null
}

function isRefusal(thrown: unknown, status: number, ...codes: readonly string[]): boolean {
  return thrown instanceof VaultRefusal && thrown.status === status && codes.includes(thrown.code)
}
