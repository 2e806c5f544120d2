import type { HttpRequest } from '@azure/functions'
import { type Issue, StewardError } from '../../platform/errors.ts'

/** The parameters of a call that were sent, by name. */
export type Query<N extends string> = Partial<Readonly<Record<N, string>>>

/** Where the host looks for a function key. */
const FUNCTION_KEY = 'code'

/**
 * The parameters that an endpoint knows; a name that it does not know is refused, since a misspelt `dryRun` would change
 * things. The host joins a repeated one with commas. Throws `invalid-request`.
 */
export function readQuery<N extends string>({ query }: Pick<HttpRequest, 'query'>, known: readonly N[]): Query<N> {
  const isKnown = (name: string): boolean => name === FUNCTION_KEY || known.some((candidate) => candidate === name)
  const unknown = [...new Set(query.keys())].filter((name) => !isKnown(name))
  const message = known.length > 0 ? `is not known here; ${known.join(', ')} is` : 'is not known here: there are none'
  if (unknown.length > 0) throw refuse(unknown.map((path) => ({ path, message })))
  const sent = known.flatMap((name) => (query.has(name) ? [[name, query.getAll(name).join(',')]] : []))
  return Object.fromEntries(sent) as Query<N>
}

/** A yes or no, in the spelling of any language; absent is no. Throws `invalid-request`. */
export function readFlag<N extends string>(query: Query<N>, name: N): boolean {
  const text = query[name]?.toLowerCase() ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw refuse([{ path: name, message: 'must be true or false, once' }])
}

/** A whole number from 1 on. Throws `invalid-request`. */
export function readCount<N extends string>(query: Query<N>, name: N, { absent, max }: CountBounds): number {
  const text = query[name]
  if (text === undefined) return absent
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= max) return count
  throw refuse([{ path: name, message: `must be a whole number from 1 to ${max}, once` }])
}

interface CountBounds {
  /** What the number is when it was not sent. */
  readonly absent: number
  readonly max: number
}

function refuse(issues: readonly Issue[]): StewardError {
  return new StewardError('invalid-request', 'The query is not valid; nothing was changed.', { issues })
}
