import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

export function readHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Header values by lower-case name; a repeated header is joined by a comma without a space. */
export function collectHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    headers[name] = values.map(decodeUtf8).join(name === 'cookie' ? '; ' : ',')
  }
  return headers
}

/** Query values by name; those of a repeated name are joined by a comma. */
export function collectQuery(search: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of search) query[name] = name in query ? `${query[name]},${value}` : value
  return query
}

export function getRequestUrl(request: IncomingMessage): string {
  return `http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`
}

/** Reads a body of known length. One without a content-length never reaches a function of a real host. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (request.headers['content-length'] === undefined) {
    request.resume()
    return Buffer.alloc(0)
  }
  return buffer(request)
}

// Node reads header bytes as latin1, the real host as UTF-8.
function decodeUtf8(value: string): string {
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
}
