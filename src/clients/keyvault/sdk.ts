import type { SecretClient } from '@azure/keyvault-secrets'
import type { HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { createSdkTransport } from '../sdk-transport.ts'
import { parseVaultError } from './refusal.ts'

export interface VaultSdkOptions {
  readonly http: HttpClient
  readonly token: () => Promise<Secret>
  readonly vaultUrl: string
}

/** Loads the SDK and binds it to our HTTP client. */
export async function loadVaultSdk({ http, token, vaultUrl }: VaultSdkOptions): Promise<SecretClient> {
  const [sdk, { createHttpHeaders }] = await Promise.all([
    import('@azure/keyvault-secrets'),
    import('@azure/core-rest-pipeline'),
  ])
  // Expired on arrival, so that the SDK asks each time: renewing in time is the identity's business.
  const credential = { getToken: async () => ({ token: (await token()).reveal(), expiresOnTimestamp: 0 }) }
  return new sdk.SecretClient(vaultUrl, credential, {
    httpClient: createSdkTransport({
      http,
      origin: vaultUrl,
      createHeaders: createHttpHeaders,
      parseError: parseVaultError,
      // Each PUT makes a version.
      isRepeatable: (method) => method !== 'PUT',
    }),
    retryOptions: { maxRetries: 0 },
    disableChallengeResourceVerification: false,
  })
}
