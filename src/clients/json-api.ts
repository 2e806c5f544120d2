import type { z } from 'zod'
import { StewardError } from '../platform/errors.ts'
import { describeRequest, type HttpAnswer, type HttpClient, type HttpMethod } from '../platform/http/message.ts'
import type { Secret } from '../platform/secret.ts'
import { parseAnswer, quote } from './answer.ts'
import { explainDenial, type Right } from './right.ts'

/** A refusal as every JSON API tells it, whatever its own shape. */
export interface ApiError {
  readonly status: number
  /** The service's machine-readable word for it; null when it gave none. */
  readonly code: string | null
  readonly message: string
  /** Whether the service means that the same call may succeed later. */
  readonly isTransient: boolean
}

export interface ApiCall<T> {
  readonly method: HttpMethod
  /** From the origin, with the query; everything variable is already encoded. */
  readonly path: string
  readonly body?: unknown
  /** Of the body; the API's usual one when absent. */
  readonly contentType?: string
  /** Sent besides the usual ones. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>
  /** Request or answer hold the value of a secret, so that nothing the service says goes into a message. */
  readonly isConfidential?: boolean
  /** See `HttpRequest.isRepeatable`. */
  readonly isRepeatable: boolean
  readonly right: Right
  /** See `HttpRequest.maxAnswerBytes`. */
  readonly maxAnswerBytes?: number
  /** What a 2xx answer holds; an empty one is `undefined`. */
  readonly answer: z.ZodType<T>
}

export type ApiOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: ApiError }

/** One JSON API as one identity sees it. */
export interface JsonApi {
  readonly origin: string
  /** A refusal (any 4xx the transport lets through) is a value, for the call to judge; what it does not expect goes to `explain`. */
  call<T>(call: ApiCall<T>): Promise<ApiOutcome<T>>
  /** A refusal that the call has no name for: `upstream-denied` for 401 and 403, else `upstream-rejected` or a retryable code. */
  explain(call: ApiCall<unknown>, error: ApiError): StewardError
  /** `upstream-denied` for a refusal whose words, not its status, say that a right is missing. */
  deny(call: ApiCall<unknown>, error: ApiError): StewardError
}

export interface JsonApiOptions {
  readonly http: HttpClient
  readonly token: () => Promise<Secret>
  /** `https://host`, without a trailing slash. */
  readonly origin: string
  readonly identityLabel: string
  readonly contentType: string
  readonly parseError: (answer: HttpAnswer) => ApiError
}

/** Binds the transport, the identity and a service's way of telling errors. */
export function createJsonApi(options: JsonApiOptions): JsonApi {
  const { http, token, origin, identityLabel, contentType, parseError } = options
  const describe = ({ method, path }: ApiCall<unknown>): string => describeRequest({ method, url: origin + path })

  const deny = (call: ApiCall<unknown>, error: ApiError): StewardError =>
    explainDenial({
      right: call.right,
      identityLabel,
      host: new URL(origin).host,
      status: error.status,
      detail: describeRefusal(call, error),
    })

  return {
    origin,
    deny,
    call: async (call) => {
      const [bearer, headers] = await Promise.all([token(), call.headers?.()])
      const answer = await http.send({
        method: call.method,
        url: origin + call.path,
        isRepeatable: call.isRepeatable,
        ...(call.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: call.maxAnswerBytes }),
        headers: {
          ...headers,
          accept: 'application/json',
          authorization: `Bearer ${bearer.reveal()}`,
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? contentType }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      })
      if (answer.status >= 400) return { kind: 'refused', error: parseError(answer) }
      const failure = call.isRepeatable ? 'upstream-rejected' : 'outcome-unknown'
      return { kind: 'done', value: parseAnswer(call.answer, answer, describe(call), failure) }
    },
    explain: (call, error) => {
      const { status } = error
      const detail = describeRefusal(call, error)
      if (error.isTransient) {
        return new StewardError(
          call.isRepeatable ? 'upstream-unavailable' : 'outcome-unknown',
          `${describe(call)} failed for the moment (${status}): ${detail}`,
          { data: { status } },
        )
      }
      if (status === 401 || status === 403) return deny(call, error)
      return new StewardError('upstream-rejected', `${describe(call)} was refused (${status}): ${detail}`, {
        data: { status },
      })
    },
  }
}

/** The value of a call that has no expected refusals. */
export function demand<T>(api: JsonApi, call: ApiCall<T>, outcome: ApiOutcome<T>): T {
  if (outcome.kind === 'done') return outcome.value
  throw api.explain(call, outcome.error)
}

/** `path` with a query, in which RFC 3986 has no plus sign for a space. */
export function withQuery(path: string, parameters: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(parameters).toString().replaceAll('+', '%20')}`
}

/** Codes as services define them; digits would let values through. */
const WORD = /^[A-Za-z_]{1,64}$/

function describeRefusal({ isConfidential = false }: ApiCall<unknown>, { code, message }: ApiError): string {
  if (!isConfidential) return quote(code === null ? message : `${code}: ${message}`)
  const word = code !== null && WORD.test(code) ? code : 'no code'
  return `${word} (what else it said is left out: it may repeat the secret)`
}
