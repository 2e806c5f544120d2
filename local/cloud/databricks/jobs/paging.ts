import { apiError } from '../errors.ts'

/** One page of a list, newest first, and the rest of the answer that a page brings along. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly rest: { readonly has_more: boolean; readonly next_page_token?: string }
}

interface Query {
  readonly limit: number
  readonly page_token?: string | undefined
}

function readToken(token: string): number {
  const text = Buffer.from(token, 'base64url').toString()
  if (!/^before:\d+$/.test(text)) throw apiError(400, 'INVALID_PARAMETER_VALUE', `Invalid page token: ${token}`)
  return Number(text.slice('before:'.length))
}

/** Tokens name the last item seen, so that what comes and goes meanwhile shifts no page. */
export function takePage<T extends { readonly ordinal: number }>(
  items: readonly T[],
  { limit, page_token: token }: Query,
  largest: number,
): Page<T> {
  if (limit < 1 || limit > largest) {
    throw apiError(400, 'INVALID_PARAMETER_VALUE', `The limit must be between 1 and ${largest}, but was ${limit}`)
  }
  const before = token === undefined ? Number.POSITIVE_INFINITY : readToken(token)
  const left = items.filter(({ ordinal }) => ordinal < before).toSorted((a, b) => b.ordinal - a.ordinal)
  const page = left.slice(0, limit)
  const last = page.at(-1)
  return left.length <= limit || last === undefined
    ? { items: page, rest: { has_more: false } }
    : {
        items: page,
        rest: { has_more: true, next_page_token: Buffer.from(`before:${last.ordinal}`).toString('base64url') },
      }
}
