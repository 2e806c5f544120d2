import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { HttpAnswer } from '../../platform/http/message.ts'
import type { ApiError } from '../json-api.ts'

/** The families of refusals, as Databricks' own SDKs tell them apart. */
type DatabricksErrorCategory =
  | 'BadRequest'
  | 'Unauthenticated'
  | 'PermissionDenied'
  | 'NotFound'
  | 'ResourceConflict'
  | 'TooManyRequests'
  | 'Cancelled'
  | 'InternalError'
  | 'NotImplemented'
  | 'TemporarilyUnavailable'
  | 'DeadlineExceeded'
  | 'Other'

export interface DatabricksError {
  readonly status: number
  /** `RESOURCE_DOES_NOT_EXIST`, `SCIM_409`, `403` (a gateway's number), `UNKNOWN` (text of no known form); null when none was given. */
  readonly errorCode: string | null
  readonly message: string
  /** By code where it says more than the status: limits arrive with 400, too. */
  readonly category: DatabricksErrorCategory
  readonly isTransient: boolean
}

const CATEGORY_OF_STATUS: ReadonlyMap<number, DatabricksErrorCategory> = new Map([
  [400, 'BadRequest'],
  [401, 'Unauthenticated'],
  [403, 'PermissionDenied'],
  [404, 'NotFound'],
  [409, 'ResourceConflict'],
  [429, 'TooManyRequests'],
  [499, 'Cancelled'],
  [500, 'InternalError'],
  [501, 'NotImplemented'],
  [503, 'TemporarilyUnavailable'],
  [504, 'DeadlineExceeded'],
])

const CATEGORY_OF_CODE: ReadonlyMap<string, DatabricksErrorCategory> = new Map([
  ['REQUEST_LIMIT_EXCEEDED', 'TooManyRequests'],
  ['RESOURCE_EXHAUSTED', 'TooManyRequests'],
  ['TEMPORARILY_UNAVAILABLE', 'TemporarilyUnavailable'],
  ['RESOURCE_DOES_NOT_EXIST', 'NotFound'],
  ['ALREADY_EXISTS', 'ResourceConflict'],
  ['RESOURCE_ALREADY_EXISTS', 'ResourceConflict'],
  ['PERMISSION_DENIED', 'PermissionDenied'],
  ['UNAUTHENTICATED', 'Unauthenticated'],
])

/** What goes away by itself, told by its text alone (databricks-sdk-go, apierr/errors.go). */
const TRANSIENT_TEXT: readonly RegExp[] = [
  /com\.databricks\.backend\.manager\.util\.UnknownWorkerEnvironmentException/,
  /does not have any associated worker environments/,
  /There is no worker environment with id/,
  /Unknown worker environment/,
  /ClusterNotReadyException/,
  /worker env .* not found/,
  /Timed out after /,
  /deadline exceeded/,
]

const MAX_MESSAGE_LENGTH = 2_000

const errorBody = z.object({
  error_code: z.union([z.string(), z.number()]).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  /** SCIM. */
  detail: z.string().optional().catch(undefined),
  /** Text in SCIM (RFC 7644); a number is the problem details of whatever stands in front. */
  status: z.string().optional().catch(undefined),
  scimType: z.string().optional().catch(undefined),
  /** API 1.2. */
  error: z.string().optional().catch(undefined),
})

/**
 * Reads every form in which a workspace, or what stands in front of it, refuses: JSON with a code, a gateway's JSON with a
 * number for a code, SCIM, API 1.2, `CODE: text`, HTML, plain text, nothing.
 */
export function parseDatabricksError({ status, headers, body }: HttpAnswer): DatabricksError {
  const told = readBody(body.trim())
  const message = told.message || headers.get('x-databricks-reason-phrase') || STATUS_CODES[status] || `HTTP ${status}`
  const category =
    CATEGORY_OF_CODE.get(told.errorCode ?? '') ??
    CATEGORY_OF_STATUS.get(status) ??
    (status >= 500 ? 'InternalError' : 'Other')
  return {
    status,
    errorCode: told.errorCode,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    category,
    isTransient:
      category === 'TooManyRequests' ||
      category === 'TemporarilyUnavailable' ||
      TRANSIENT_TEXT.some((pattern) => pattern.test(message)),
  }
}

/** The same in the terms of every JSON API. */
export function toApiError(answer: HttpAnswer): ApiError {
  const { status, errorCode, message, isTransient } = parseDatabricksError(answer)
  return { status, code: errorCode, message, isTransient }
}

interface Told {
  readonly errorCode: string | null
  readonly message: string
}

function readBody(body: string): Told {
  if (body === '') return { errorCode: null, message: '' }
  const json = parseJson(body)
  if (json) return readJson(json)
  const html = /<pre>([\s\S]*?)<\/pre>/i.exec(body) ?? /<title>([\s\S]*?)<\/title>/i.exec(body)
  if (html) return { errorCode: null, message: html[1]?.trim() ?? '' }
  const coded = /^([A-Z][A-Z0-9_]+): ([\s\S]+)$/.exec(body)
  if (coded) return { errorCode: coded[1] ?? null, message: coded[2] ?? '' }
  return { errorCode: 'UNKNOWN', message: body }
}

function parseJson(body: string): z.output<typeof errorBody> | undefined {
  try {
    return errorBody.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

function readJson({ error_code, message, detail, status, scimType, error }: z.output<typeof errorBody>): Told {
  if (error_code !== undefined && error_code !== '') return { errorCode: String(error_code), message: message ?? '' }
  // SCIM writes a missing detail as the text "null".
  const scimText = [scimType, detail === 'null' ? undefined : detail].filter(Boolean).join(' ')
  if (scimText !== '' || detail !== undefined) {
    return { errorCode: status === undefined ? null : `SCIM_${status}`, message: scimText }
  }
  return { errorCode: null, message: message ?? error ?? '' }
}
