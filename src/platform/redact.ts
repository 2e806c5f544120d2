import { StewardError } from './errors.ts'
import { Secret } from './secret.ts'

const REDACTED = '[redacted]'

/** Field names whose value is a secret whatever it looks like; `secretName` and `tokenId` are not among them. */
const SECRET_FIELD =
  /^(authorization|cookie|password|secret|secretText|clientSecret|client_secret|client_assertion|tokenValue|token_value|access_token|accountKey|sas|sig|code|x-functions-key)$/i

/** What a secret looks like inside any text: JWTs, Databricks PATs and OAuth secrets, form fields, SAS signatures, account keys. */
const SECRET_TEXT: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\bdapi[a-f0-9]{32}(?:-\d+)?/g,
  /\bdose[a-f0-9]{32}\b/g,
  /(?<=\b(?:client_secret|client_assertion|sig|code|AccountKey|SharedAccessSignature)=)[^&;\s"']+/gi,
  /(?<=\bBearer )[\w.~+/=-]+/gi,
]

const MAX_DEPTH = 8

function redactText(text: string): string {
  return SECRET_TEXT.reduce((cleaned, pattern) => cleaned.replace(pattern, REDACTED), text)
}

/** A copy that may be written down: secrets gone, errors unfolded, depth bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Secret) return REDACTED
  if (depth >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Date) return value.toJSON()
  if (value instanceof Error) return redactError(value, depth)
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      SECRET_FIELD.test(key) && typeof field === 'string' ? REDACTED : redact(field, depth + 1),
    ]),
  )
}

/** Only our own errors show their data; foreign ones may carry the request that failed, header and all. */
function redactError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    message: redactText(error.message),
    ...(error instanceof StewardError ? { code: error.code, data: redact(error.data, depth + 1) } : {}),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  }
}
