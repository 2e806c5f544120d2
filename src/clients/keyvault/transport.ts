import type { SecretClientOptions } from '@azure/keyvault-secrets'
import { StewardError } from '../../platform/errors.ts'
import type { HttpClient, HttpMethod } from '../../platform/http/message.ts'
import { parseRefusal } from './refusal.ts'

type SdkTransport = NonNullable<SecretClientOptions['httpClient']>
type SdkRequest = Parameters<SdkTransport['sendRequest']>[0]

export interface TransportOptions {
  readonly http: HttpClient
  readonly vaultUrl: string
  readonly createHeaders: (raw: Record<string, string>) => SdkRequest['headers']
}

/**
 * Lets the SDK send through our HTTP client, so that allow-list, pace, time limits and retries are ours. Refusals leave as
 * `VaultRefusal`, but for the 401 that tells the SDK where to get a token.
 */
export function createSdkTransport({ http, vaultUrl, createHeaders }: TransportOptions): SdkTransport {
  const { host } = new URL(vaultUrl)
  return {
    sendRequest: async (request) => {
      // A link to the next page comes from outside and must not lead the token away.
      if (new URL(request.url).host !== host) {
        throw new StewardError('upstream-rejected', `${host} sent Steward on to another host, where it does not go.`)
      }
      const isAnonymous = !request.headers.has('authorization')
      const answer = await http.send({
        method: readMethod(request),
        url: request.url,
        headers: request.headers.toJSON(),
        // Without a token nothing takes effect; with one, only a PUT counts: each makes a version.
        isRepeatable: isAnonymous || request.method !== 'PUT',
        ...readBody(request),
      })
      if (answer.status >= 400 && !(answer.status === 401 && isAnonymous)) throw parseRefusal(answer)
      return {
        request,
        status: answer.status,
        headers: createHeaders(Object.fromEntries(answer.headers)),
        bodyAsText: answer.body,
      }
    },
  }
}

const METHODS: readonly HttpMethod[] = ['GET', 'PUT']

function readMethod({ method }: SdkRequest): HttpMethod {
  const known = METHODS.find((candidate) => candidate === method)
  if (known) return known
  throw new TypeError(`no call of ours uses ${method}`)
}

function readBody({ body }: SdkRequest): { body?: string } {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string') return { body }
  throw new TypeError('only text is sent to a vault')
}
