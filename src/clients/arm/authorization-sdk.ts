import type { AuthorizationManagementClient } from '@azure/arm-authorization'
import { StewardError } from '../../platform/errors.ts'
import type { HttpClient } from '../../platform/http/message.ts'
import { rememberSuccess } from '../../platform/remember.ts'
import type { Secret } from '../../platform/secret.ts'
import { parseErrorBody } from '../error-body.ts'
import { createSdkTransport, findRefusal } from '../sdk-transport.ts'

export interface AuthorizationSdkOptions {
  readonly http: HttpClient
  readonly token: () => Promise<Secret>
  /** `https://management.azure.com` */
  readonly origin: string
}

/** Runs one call of the SDK, which is loaded at the first one, so that a cold start does not pay for it. */
export type RunAuthorizationCall = <T>(work: (sdk: AuthorizationManagementClient) => Promise<T>) => Promise<T>

/**
 * Binds the SDK to our HTTP client. Refusals come out as `SdkRefusal`. Any error of the SDK's own is that it cannot read an
 * answer; it goes no further, since nobody knows what its message holds.
 */
export function createAuthorizationSdk(options: AuthorizationSdkOptions): RunAuthorizationCall {
  const sdk = rememberSuccess(() => loadClient(options))
  return async (work) => {
    const client = await sdk()
    try {
      return await work(client)
    } catch (thrown) {
      if (thrown instanceof StewardError || findRefusal(thrown)) throw thrown
      throw new StewardError(
        'upstream-rejected',
        `${new URL(options.origin).host} answered a call on role assignments in a form that Steward does not know.`,
      )
    }
  }
}

async function loadClient({ http, token, origin }: AuthorizationSdkOptions): Promise<AuthorizationManagementClient> {
  const [sdk, { createHttpHeaders }] = await Promise.all([
    import('@azure/arm-authorization'),
    import('@azure/core-rest-pipeline'),
  ])
  // Expired on arrival, so that the SDK asks each time: renewing in time is the identity's business.
  const credential = { getToken: async () => ({ token: (await token()).reveal(), expiresOnTimestamp: 0 }) }
  // The subscription is for calls that have no scope; ours have one each.
  return new sdk.AuthorizationManagementClient(credential, '', {
    endpoint: origin,
    httpClient: createSdkTransport({
      http,
      origin,
      createHeaders: createHttpHeaders,
      parseError: parseErrorBody,
      // An assignment is put under a name of its own: a second one finds the first.
      isRepeatable: () => true,
    }),
    retryOptions: { maxRetries: 0 },
  })
}
