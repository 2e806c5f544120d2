import type { CloudRequest, CloudResponse } from '../service.ts'
import { ArmError } from './errors.ts'

/** Fewer than the service's own, so that paging happens with what a test can make. */
const PAGE_LIMIT = 50

/** One page of entries, whose keys must ascend; a token says after which key the next page begins. */
export function renderPage<T>(
  { url }: CloudRequest,
  entries: readonly T[],
  keyOf: (entry: T) => string,
  render: (entry: T) => unknown,
): CloudResponse {
  const after = readSkipToken(url.searchParams.get('$skipToken'))
  const remaining = entries.filter((entry) => keyOf(entry) > after)
  const page = remaining.slice(0, PAGE_LIMIT)
  const value = page.map(render)
  const last = page.at(-1)
  if (last === undefined || page.length === remaining.length) return { status: 200, body: { value } }
  const next = new URL(url)
  next.searchParams.set('$skipToken', Buffer.from(keyOf(last)).toString('base64url'))
  return { status: 200, body: { value, nextLink: next.href } }
}

function readSkipToken(token: string | null): string {
  if (token === null) return ''
  const key = Buffer.from(token, 'base64url').toString()
  if (key === '') throw new ArmError(400, 'InvalidSkipToken', `The skip token '${token}' is not valid.`)
  return key
}
