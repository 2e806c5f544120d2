import { StewardError } from './errors.ts'
import { Secret } from './secret.ts'

const REDACTED = '[redacted]'

/** Field names whose value is a secret whatever it looks like; `secretName`, `tokenId` and `code` are not among them. */
const SECRET_FIELD =
  /^(authorization|proxy-authorization|cookie|set-cookie|password|secret|secretText|clientSecret|client_secret|client_assertion|tokenValue|token_value|access_token|refresh_token|id_token|accountKey|sas|sig|x-functions-key|x-identity-header)$/i

/** What a secret looks like by itself: JWTs, Databricks tokens and OAuth secrets, Microsoft Entra client secrets. */
const SECRET_SHAPE: readonly RegExp[] = [
  /\beyJ[\w-]{8,4096}\.[\w-]+\.[\w-]*/g,
  /dapi[a-f0-9]{32}(?:-\d+)?/g,
  /dose[a-f0-9]{32}/g,
  /[\w.~-]{3}\dQ~[\w.~-]{31,34}/g,
]

/**
 * Where secrets of any look stand in text, behind what is told of them: form fields and connection strings, JSON,
 * headers. JSON may be inside JSON, so its quotes may be escaped, within bounds that keep the search quick.
 */
const SECRET_PLACE: readonly RegExp[] = [
  /(?<told>\b(?:client_secret|client_assertion|password|access_token|refresh_token|sig|code|AccountKey|SharedAccessSignature)=)[^&;\s"']+/gi,
  /(?<told>(?<quote>\\{0,7})"(?:secretText|secret|value|clientSecret|client_secret|client_assertion|password|access_token|refresh_token|id_token|token_value|tokenValue|accountKey)\k<quote>"\s{0,9}:\s{0,9}\k<quote>").*?(?=(?<!\\)\k<quote>"|$)/gis,
  /(?<told>\bBasic )[\w+/-]{24,}={0,2}/gi,
  /(?<told>\bBearer )[\w.~+/=-]+/gi,
  /(?<told>\b(?:authorization|x-functions-key|x-identity-header)[\\"']{0,8}\s{0,9}[:=]\s{0,9}[\\"']{0,8}(?:(?:Basic|Bearer|SharedKey|SharedAccessSignature) )?)[^\s"'\\,]+/gi,
]

const MAX_DEPTH = 8

function redactText(text: string): string {
  const shapeless = SECRET_SHAPE.reduce((cleaned, pattern) => cleaned.replace(pattern, REDACTED), text)
  return SECRET_PLACE.reduce((cleaned, pattern) => cleaned.replace(pattern, `$<told>${REDACTED}`), shapeless)
}

/** A copy that may be written down: secrets gone, errors unfolded, depth bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Secret) return REDACTED
  if (depth >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Date) return value.toJSON()
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return '[binary]'
  if (value instanceof Error) return redactError(value, depth)
  if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => redact(item, depth + 1))
  return redactFields(value instanceof Map ? [...value] : Object.entries(value), depth)
}

function redactFields(fields: readonly (readonly [unknown, unknown])[], depth: number): unknown {
  return Object.fromEntries(
    fields.map(([key, field]) => {
      const name = typeof key === 'object' ? '[object]' : String(key)
      const isSecret = SECRET_FIELD.test(name) && field !== undefined && field !== null
      return [redactText(name), isSecret ? REDACTED : redact(field, depth + 1)]
    }),
  )
}

/** Only our own errors show their data; foreign ones may carry the request that failed, header and all. */
function redactError(error: Error, depth: number): unknown {
  return {
    name: redact(error.name, depth),
    message: redact(error.message, depth),
    ...(error instanceof StewardError ? { code: error.code, data: redact(error.data, depth + 1) } : {}),
    stack: redact(error.stack, depth),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: redact(error.errors, depth + 1) } : {}),
  }
}
