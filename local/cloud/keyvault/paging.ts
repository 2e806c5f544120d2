import type { CloudRequest, CloudResponse } from '../service.ts'
import { badParameter } from './errors.ts'

/** The service's own limit of entries on a page. */
const PAGE_LIMIT = 25

function parsePageSize(text: string | null): number {
  if (text === null) return PAGE_LIMIT
  const size = /^\d+$/.test(text) ? Number(text) : 0
  if (size < 1 || size > PAGE_LIMIT) {
    throw badParameter(`maxresults must be a positive integer and cannot exceed ${PAGE_LIMIT}.`)
  }
  return size
}

function parseSkipToken(text: string | null): string {
  if (text === null) return ''
  const key = Buffer.from(text, 'base64url').toString()
  if (key === '') throw badParameter('The skip token is invalid.')
  return key
}

/** One page of entries, whose keys must ascend; a token says after which key the next page begins. */
export function renderPage<T>(
  request: CloudRequest,
  entries: readonly T[],
  keyOf: (entry: T) => string,
  render: (entry: T) => Record<string, unknown>,
): CloudResponse {
  const query = request.url.searchParams
  const size = parsePageSize(query.get('maxresults'))
  const after = parseSkipToken(query.get('$skiptoken'))
  const remaining = entries.filter((entry) => keyOf(entry) > after)
  const page = remaining.slice(0, size)
  const last = page.at(-1)
  const next = new URLSearchParams({
    'api-version': query.get('api-version') ?? '',
  })
  if (last !== undefined) next.set('$skiptoken', Buffer.from(keyOf(last)).toString('base64url'))
  if (query.has('maxresults')) next.set('maxresults', String(size))
  // The service writes the port out, as its recorded examples show.
  const nextLink =
    remaining.length > page.length
      ? `https://${request.url.hostname}:443${request.url.pathname}?${next.toString()}`
      : null
  return { status: 200, body: { value: page.map(render), nextLink } }
}
