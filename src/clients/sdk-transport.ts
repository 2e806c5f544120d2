import type { createHttpHeaders, PipelineRequest, HttpClient as SdkHttpClient } from '@azure/core-rest-pipeline'
import { StewardError } from '../platform/errors.ts'
import type { HttpAnswer, HttpClient, HttpMethod } from '../platform/http/message.ts'
import type { ApiError } from './json-api.ts'

/** A 4xx on its way out of an SDK's pipeline to the call that knows what it means. */
class SdkRefusal extends Error {
  override readonly name = 'SdkRefusal'
  readonly error: ApiError

  constructor(error: ApiError) {
    super(error.message)
    this.error = error
  }
}

/** The refusal that a call through an SDK ended in; null for everything else that was thrown. */
export function findRefusal(thrown: unknown): ApiError | null {
  return thrown instanceof SdkRefusal ? thrown.error : null
}

export interface SdkTransportOptions {
  readonly http: HttpClient
  /** The one origin that the SDK may send to. */
  readonly origin: string
  readonly createHeaders: typeof createHttpHeaders
  readonly parseError: (answer: HttpAnswer) => ApiError
  /** See `HttpRequest.isRepeatable`; asked for requests that carry a token. */
  readonly isRepeatable: (method: HttpMethod) => boolean
}

/**
 * Lets an Azure SDK send through our HTTP client, so that allow-list, pace, time limits and retries are ours. Refusals leave
 * as `SdkRefusal`, but for the 401 that tells the SDK where to get a token.
 */
export function createSdkTransport(options: SdkTransportOptions): SdkHttpClient {
  const { http, createHeaders, parseError, isRepeatable } = options
  const { origin, host } = new URL(options.origin)
  return {
    sendRequest: async (request) => {
      // A link to the next page comes from outside and must not lead the token away.
      if (new URL(request.url).origin !== origin) {
        throw new StewardError('upstream-rejected', `${host} sent Steward on to another host, where it does not go.`)
      }
      const isAnonymous = !request.headers.has('authorization')
      const method = readMethod(request)
      const answer = await http.send({
        method,
        url: request.url,
        headers: request.headers.toJSON(),
        // Without a token nothing takes effect.
        isRepeatable: isAnonymous || isRepeatable(method),
        ...readBody(request),
      })
      if (answer.status >= 400 && !(answer.status === 401 && isAnonymous)) throw new SdkRefusal(parseError(answer))
      return {
        request,
        status: answer.status,
        headers: createHeaders(Object.fromEntries(answer.headers)),
        bodyAsText: answer.body,
      }
    },
  }
}

const METHODS: readonly HttpMethod[] = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE']

function readMethod({ method }: PipelineRequest): HttpMethod {
  const known = METHODS.find((candidate) => candidate === method)
  if (known) return known
  throw new TypeError(`no call of ours uses ${method}`)
}

function readBody({ body }: PipelineRequest): { body?: string } {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string') return { body }
  throw new TypeError('only text is sent through an SDK')
}
