import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { type ApiCall, type ApiError, demand, type JsonApi, withQuery } from '../json-api.ts'
import type { Right } from '../right.ts'

/** A GET. */
export function readCall<T>(
  path: string,
  parameters: Readonly<Record<string, string>>,
  { right, answer }: { readonly right: Right; readonly answer: z.ZodType<T> },
): ApiCall<T> {
  const target = Object.keys(parameters).length === 0 ? path : withQuery(path, parameters)
  return { method: 'GET', path: target, isRepeatable: true, right, answer }
}

/** A POST that may be sent again and whose answer says nothing but that it was done. */
export function orderCall(path: string, body: Readonly<Record<string, unknown>>, right: Right): ApiCall<unknown> {
  return { method: 'POST', path, body, isRepeatable: true, right, answer: z.unknown() }
}

/** The value of a call, or what `judge` makes of a refusal; undefined is a refusal that nobody expects, and is thrown. */
export async function ask<T, R extends string | null = never>(
  workspace: JsonApi,
  call: ApiCall<T>,
  judge: (error: ApiError) => R | undefined,
): Promise<T | R> {
  const outcome = await workspace.call(call)
  const judged = outcome.kind === 'refused' ? judge(outcome.error) : undefined
  return judged === undefined ? demand(workspace, call, outcome) : judged
}

/** More than anybody reads; a service that never ends its list is broken. */
const MAX_PAGES = 200

/** Absent or empty on the last page. */
export const pageToken = z.string().max(4096).nullish()

interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null | undefined
}

interface PagesQuery<T> {
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly right: Right
  readonly page: z.ZodType<Page<T>>
  /** All of them when absent. */
  readonly maxItems?: number
  /** Whether a refusal means that there are none. */
  readonly isEmpty?: (error: ApiError) => boolean
}

/** Reads a list whose pages are asked for by token, in its own order. */
export async function listPages<T>(workspace: JsonApi, query: PagesQuery<T>): Promise<T[]> {
  const { path, parameters, right, page, maxItems = Number.POSITIVE_INFINITY, isEmpty } = query
  const found: T[] = []
  let token: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const asked = token === undefined ? parameters : { ...parameters, page_token: token }
    const call = readCall(path, asked, { right, answer: page })
    const answer = await ask(workspace, call, (error) => (isEmpty?.(error) === true ? null : undefined))
    if (!answer) return found
    found.push(...answer.items)
    token = answer.next || undefined
    if (token === undefined || found.length >= maxItems) return found.slice(0, maxItems)
  }
  throw new StewardError('upstream-rejected', `GET ${workspace.origin}${path} answers without end.`)
}

/** The code tells, not the status: the same refusal comes as 400 from one API and as 404 or 409 from another. */
const BY_CODE: ReadonlySet<number> = new Set([400, 404, 409])
const MISSING: ReadonlySet<string | null> = new Set(['RESOURCE_DOES_NOT_EXIST', 'NOT_FOUND'])
const TAKEN: ReadonlySet<string | null> = new Set(['RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS'])
/** Jobs and runs that are not there have a code that says much else, too (databricks-sdk-go, apierr/error_overrides.go). */
const MISSING_IN_WORDS = /^Job .* does not exist|^Run .* does not exist|^Run: .* in job: .* doesn't exist/

/** Whether the workspace says that what a call names is not there. */
export function isMissing({ status, code, message }: ApiError): boolean {
  if (!BY_CODE.has(status)) return false
  return MISSING.has(code) || (code === 'INVALID_PARAMETER_VALUE' && MISSING_IN_WORDS.test(message))
}

export function isTaken({ status, code }: ApiError): boolean {
  return BY_CODE.has(status) && TAKEN.has(code)
}

const REFUSES_NAME: ReadonlySet<string | null> = new Set([...MISSING, 'INVALID_PARAMETER_VALUE', 'BAD_REQUEST'])
const NOT_THERE =
  /(?:\bnot|n't) (?:exist|be found|found|find)|\bcannot (?:be found|find)|\bno such\b|\b(?:unknown|invalid) (?:principal|user|group|service)/i

/** Whether a refusal says that the workspace does not know a principal; one that was added just now is unknown for a while. */
export function isUnknownPrincipal({ status, code, message }: ApiError, names: readonly string[]): boolean {
  if (!BY_CODE.has(status) || !REFUSES_NAME.has(code) || !NOT_THERE.test(message)) return false
  const said = message.toLowerCase()
  return /\bprincipal\b/.test(said) || names.some((name) => said.includes(name.toLowerCase()))
}

/**
 * Whether a refusal says that the token itself is not valid: expired, revoked, or never there. The gateway says so with 401,
 * or with 403 and these words in whatever form.
 */
export function isDeadToken({ status, message }: ApiError): boolean {
  return status === 401 || (status === 403 && /\binvalid access token\b/i.test(message))
}

/** `upstream-denied` for a call whose token is dead: no right is lacking. */
export function explainDeadToken(
  { status }: ApiError,
  { host, identityLabel }: { readonly host: string; readonly identityLabel: string },
): StewardError {
  return new StewardError(
    'upstream-denied',
    `Azure Databricks (${host}) does not accept the token that ${identityLabel} signed in with (${status}): it is expired or revoked, or the principal is not in the workspace or not active there. Give it another one, and look at the principal in Settings > Identity and access.`,
    { data: { status, identity: identityLabel, host } },
  )
}
