import { z } from 'zod'
import type { CloudRequest } from '../service.ts'
import { apiError, type DatabricksError } from './errors.ts'
import { parseExactly } from './int64.ts'

/** An id as clients send it, a number or its digits; here always its digits. */
export const int64 = z
  .union([z.int(), z.bigint(), z.string().regex(/^-?\d+$/)])
  .transform((value) => BigInt(value).toString())

function malformed(detail: string): DatabricksError {
  return apiError(400, 'MALFORMED_REQUEST', `Could not parse request object: ${detail}`)
}

function describeMisfit(issue: z.core.$ZodIssue): DatabricksError {
  const at = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    return malformed(`Unrecognized field "${[...issue.path, issue.keys[0]].join('.')}"`)
  }
  if (issue.code === 'custom') return apiError(400, 'INVALID_PARAMETER_VALUE', issue.message)
  if (issue.input === undefined) return apiError(400, 'INVALID_PARAMETER_VALUE', `Missing required field: ${at}`)
  return malformed(at === '' ? issue.message : `${at}: ${issue.message}`)
}

/** Parses by a schema, which is to be strict: the first misfit is refused. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw issue === undefined ? malformed('') : describeMisfit(issue)
}

/** Parses a JSON body by a schema, which is to be strict: the first misfit is refused. */
export function readBody<T>(request: CloudRequest, schema: z.ZodType<T>): T {
  let json: unknown
  try {
    json = parseExactly(request.body.toString())
  } catch {
    throw apiError(
      400,
      'MALFORMED_REQUEST',
      'Invalid JSON given in the body of the request - failed to parse given JSON',
    )
  }
  return parseWith(schema, json)
}

/** Parses the query by a schema of strings, which is to be strict: the first misfit is refused. */
export function readQuery<T>(request: CloudRequest, schema: z.ZodType<T>): T {
  return parseWith(schema, Object.fromEntries(request.url.searchParams))
}
