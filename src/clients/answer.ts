import { z } from 'zod'
import { StewardError } from '../platform/errors.ts'
import type { HttpAnswer } from '../platform/http/message.ts'
import { redact } from '../platform/redact.ts'
import { toIssues } from '../platform/zod-issues.ts'
import { parseExactly } from './int64.ts'

const MAX_DETAIL_LENGTH = 300

/** What a service said, short enough for a message and without anything that looks like a secret. */
export function quote(text: string, maxLength = MAX_DETAIL_LENGTH): string {
  const cleaned = String(redact(text.replace(/\s+/g, ' ').trim()))
  return cleaned.length > maxLength ? `${cleaned.slice(0, maxLength)}...` : cleaned
}

/** Ids and names of remote services: text that is there and stays bounded. Ids stay text: they may exceed 2^53. */
export const idText = z.string().min(1).max(256)

/** A point in time as ISO 8601, with any number of fractional digits. */
export const isoDate = z
  .string()
  .max(64)
  .transform((text, context) => {
    const date = new Date(text)
    if (!Number.isNaN(date.getTime())) return date
    context.addIssue({ code: 'custom', message: 'is not a date' })
    return z.NEVER
  })

/** `expires_in` of a token endpoint, which some write as text; 0 when the answer does not say. */
export const lifetimeSeconds = z
  .union([z.int().nonnegative(), z.string().regex(/^\d{1,9}$/)])
  .nullish()
  .transform((seconds) => Number(seconds ?? 0))

/**
 * The body of an answer that should have one, judged by `schema`; `what` names the call. Throws `failure`: `upstream-rejected` unless
 * the call may not be repeated, since what it did, it did, whatever the answer looks like.
 */
export function parseAnswer<T>(
  schema: z.ZodType<T>,
  answer: Pick<HttpAnswer, 'status' | 'body'>,
  what: string,
  failure: 'upstream-rejected' | 'outcome-unknown' = 'upstream-rejected',
): T {
  let json: unknown
  try {
    json = answer.body === '' ? undefined : parseExactly(answer.body)
  } catch {
    throw new StewardError(
      failure,
      `${what} answered ${answer.status} with something that is not JSON; a sign-in page in between does that.`,
      { data: { status: answer.status } },
    )
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issues = toIssues(parsed.error)
  const places = issues.map(({ path, message }) => `${path || 'the answer'}: ${message}`).slice(0, 5)
  throw new StewardError(
    failure,
    `${what} answered ${answer.status} in a form that Steward does not know (${places.join('; ')}).`,
    { data: { status: answer.status } },
  )
}
