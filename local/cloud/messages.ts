import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CloudResponse } from './service.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024

/** The whole body, or why there is none. One that is too large is read to its end, so that it can be answered. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large' | 'cut-off'> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= MAX_BODY_BYTES) chunks.push(chunk)
    }
  } catch {
    return 'cut-off'
  }
  return size > MAX_BODY_BYTES ? 'too-large' : Buffer.concat(chunks)
}

/** What went out, for the recording. */
export interface SentAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export function sendAnswer(response: ServerResponse, { status, headers = {}, body }: CloudResponse): SentAnswer {
  const isJson = typeof body === 'object'
  const text = body === undefined ? '' : isJson ? JSON.stringify(body) : String(body)
  const all: Record<string, string> = {
    ...(body === undefined ? {} : { 'content-type': isJson ? 'application/json; charset=utf-8' : 'text/plain' }),
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  }
  // HTTP forbids the length of a body that the status rules out.
  const length = status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, { ...all, ...length })
  response.end(text)
  return { text, headers: all }
}

const SECRET_HEADERS = new Set(['authorization', 'proxy-authorization', 'x-identity-header'])

/** Request headers fit to be written down. */
export function flattenHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !SECRET_HEADERS.has(name) && !name.endsWith('-token'))
      .map(([name, value]) => [name, String(value)]),
  )
}

/** The id by which the caller finds its request again, whichever of the services' names it uses. */
export function readClientRequestId({ headers }: IncomingMessage): string | null {
  const id = headers['x-ms-client-request-id'] ?? headers['client-request-id']
  return (Array.isArray(id) ? id[0] : id) ?? null
}

/** `appid` of the bearer token, unverified: a note for the log, on which nothing depends. */
export function readCaller({ headers: { authorization } }: IncomingMessage): string | null {
  const payload = authorization?.split('.')[1]
  if (payload === undefined) return null
  try {
    const { appid } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { appid?: unknown }
    return typeof appid === 'string' ? appid : null
  } catch {
    return null
  }
}
