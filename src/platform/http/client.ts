import type nodeFetch from 'node-fetch'
import pRetry from 'p-retry'
import { v4 as newId } from 'uuid'
import { correlation } from '../correlation.ts'
import { StewardError } from '../errors.ts'
import { type Limits, limits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Time } from '../time.ts'
import { describeRequest, type HttpAnswer, type HttpClient, type HttpRequest } from './message.ts'
import type { Pace } from './pace.ts'
import { parseRetryAfter } from './retry-after.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_ANSWER_BYTES = 4 * 1024 * 1024
const ATTEMPTS = 4
const FIRST_PAUSE_MS = 400
/** A longer wait belongs in the queue, not in an invocation. */
const MAX_PAUSE_MS = 20_000

/** Failures that happen before a byte of the request is sent, so that even a create may be sent again. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
])

export interface HttpClientOptions {
  readonly fetch: typeof nodeFetch
  readonly time: Time
  readonly log: Log
  readonly pace: Pace
  /** Bearer tokens go with most requests, so nothing is sent to a host that the configuration does not name. */
  readonly allowsHost: (host: string) => boolean
}

/** The way out of Steward: every remote call but storage goes through here. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { time, log, pace, allowsHost } = options

  return {
    send: async (request) => {
      const { protocol, host } = new URL(request.url)
      if (protocol !== 'https:' || !allowsHost(host)) {
        throw new StewardError('not-allowed', `Steward sends nothing to ${host}: the configuration does not name it.`)
      }
      const bounds = limits.getStore()
      const isWorthwhile = (error: unknown): boolean =>
        isWorthRepeating(error, request) &&
        time.elapsed() + waitWishedBy(error) < (bounds?.deadline ?? Number.POSITIVE_INFINITY)
      return pRetry(() => pace(host, () => exchange(options, request, bounds)), {
        retries: ATTEMPTS - 1,
        minTimeout: 0,
        shouldRetry: ({ error }) => isWorthwhile(error),
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (retriesLeft === 0 || !isWorthwhile(error)) return
          const pauseMs = pauseBefore(attemptNumber, error, time)
          log.info('http-request-repeated', {
            request: describeRequest(request),
            attemptNumber,
            pauseMs,
            error: error.message,
          })
          await time.sleep(pauseMs)
        },
      })
    },
  }
}

function isWorthRepeating(error: unknown, request: HttpRequest): boolean {
  if (!(error instanceof StewardError) || (error.retryAfterMs ?? 0) > MAX_PAUSE_MS) return false
  if (error.code === 'upstream-throttled') return true
  return error.code === 'upstream-unavailable' && (request.isRepeatable || error.data['neverSent'] === true)
}

function waitWishedBy(error: unknown): number {
  return error instanceof StewardError ? (error.retryAfterMs ?? 0) : 0
}

/** The service's own wish, else doubling with full jitter on the upper half. */
function pauseBefore(attemptNumber: number, error: Error, time: Time): number {
  const wish = error instanceof StewardError ? error.retryAfterMs : undefined
  if (wish !== undefined) return wish + time.random() * 100
  return FIRST_PAUSE_MS * 2 ** (attemptNumber - 1) * (0.5 + time.random() / 2)
}

async function exchange(
  options: HttpClientOptions,
  request: HttpRequest,
  bounds: Limits | undefined,
): Promise<HttpAnswer> {
  const { time, log } = options
  const clientRequestId = newId()
  const leftMs = (bounds?.deadline ?? Number.POSITIVE_INFINITY) - time.elapsed()
  if (leftMs <= 0) throw explainNoTime(request)
  // Asked here, behind every wait and before each repetition: what is sent from now on, nobody can take back.
  if (request.method !== 'GET') bounds?.mayWrite?.()
  const timeoutMs = Math.ceil(Math.min(request.timeoutMs ?? DEFAULT_TIMEOUT_MS, leftMs))
  const startedAt = time.elapsed()
  let answer: HttpAnswer
  const patience = new AbortController()
  // A timer of its own, put away with the answer: one that runs on would keep the whole exchange in memory.
  const timer = setTimeout(() => patience.abort(), timeoutMs)
  try {
    const response = await options.fetch(request.url, {
      method: request.method,
      headers: {
        ...request.headers,
        'x-ms-client-request-id': clientRequestId,
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: 'manual',
      size: request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
      signal: patience.signal,
    })
    answer = {
      status: response.status,
      headers: new Map(response.headers),
      body: await response.text(),
    }
  } catch (cause) {
    throw explainNoAnswer(request, cause, timeoutMs)
  } finally {
    clearTimeout(timer)
  }
  log.debug('http-request', {
    request: describeRequest(request),
    status: answer.status,
    durationMs: time.elapsed() - startedAt,
    clientRequestId,
    correlationId: correlation.getStore()?.id,
  })
  return judgeStatus(request, answer, time)
}

function explainNoTime(request: HttpRequest): StewardError {
  return new StewardError(
    'upstream-unavailable',
    `There was no time left to send ${describeRequest(request)}: what came before it took too long. Try again later.`,
  )
}

function explainNoAnswer(request: HttpRequest, cause: unknown, timeoutMs: number): StewardError {
  const what = describeRequest(request)
  const { type, code } = cause as { type?: string; code?: string }
  if (type === 'max-size') {
    const maxBytes = request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES
    return new StewardError('upstream-rejected', `${what} answered with more than ${maxBytes} bytes.`, { cause })
  }
  const neverSent = code !== undefined && NEVER_SENT.has(code)
  const why = neverSent ? 'could not be reached' : `gave no answer (limit ${timeoutMs / 1000} s)`
  if (request.isRepeatable || neverSent) {
    return new StewardError('upstream-unavailable', `${what} ${why}.`, {
      cause,
      data: { neverSent },
    })
  }
  return new StewardError('outcome-unknown', `${what} ${why}; it may or may not have taken effect.`, { cause })
}

function judgeStatus(request: HttpRequest, answer: HttpAnswer, time: Time): HttpAnswer {
  const { status } = answer
  const what = describeRequest(request)
  const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'), time.now())
  const details = {
    data: { status },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  if (status === 429) {
    return fail(new StewardError('upstream-throttled', `${what} is throttled by the service (429).`, details))
  }
  if (status === 408 || status >= 500) {
    return fail(
      request.isRepeatable
        ? new StewardError('upstream-unavailable', `${what} failed in the service (${status}).`, details)
        : new StewardError(
            'outcome-unknown',
            `${what} failed in the service (${status}); it may have taken effect.`,
            details,
          ),
    )
  }
  if (status >= 300 && status < 400) {
    return fail(
      new StewardError(
        'upstream-rejected',
        `${what} answered with a redirect (${status}), which Steward does not follow.`,
        {
          data: { status },
        },
      ),
    )
  }
  return answer
}

function fail(error: StewardError): never {
  throw error
}
