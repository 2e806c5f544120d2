/** Every kind of failure that Steward tells apart; the `code` of an answer, a log line and a step. */
export type ErrorCode =
  | 'configuration-invalid'
  | 'invalid-request'
  | 'unauthenticated'
  | 'role-missing'
  | 'not-allowed'
  | 'vault-shared'
  | 'not-found'
  | 'not-ours'
  | 'belongs-to-another'
  | 'switched-off'
  | 'differs'
  | 'vault-unreadable'
  | 'run-failed'
  | 'in-grace'
  | 'superseded'
  | 'needs'
  | 'idempotency-key-reused'
  | 'busy'
  | 'lease-lost'
  | 'upstream-denied'
  | 'upstream-rejected'
  | 'upstream-throttled'
  | 'upstream-unavailable'
  | 'outcome-unknown'
  | 'not-propagated'
  | 'in-progress'
  | 'internal'

/** One thing that is wrong with an input: where (a JSON path such as `databricks.groups[0]`) and what. */
export interface Issue {
  readonly path: string
  readonly message: string
}

export interface ErrorDetails {
  readonly cause?: unknown
  /** HTTP status of the answer; each code has its usual one. */
  readonly status?: number
  /** Whether the very same work may succeed later without anybody changing anything. */
  readonly retryable?: boolean
  /** The service's own wish for how long to wait, in milliseconds. */
  readonly retryAfterMs?: number
  readonly issues?: readonly Issue[]
  /** What the message is about, in machine-readable form; never a secret. */
  readonly data?: Readonly<Record<string, unknown>>
}

const STATUS: Record<ErrorCode, number> = {
  'configuration-invalid': 503,
  'invalid-request': 400,
  unauthenticated: 401,
  'role-missing': 403,
  'not-allowed': 403,
  'vault-shared': 403,
  'not-found': 404,
  'not-ours': 409,
  'belongs-to-another': 409,
  'switched-off': 409,
  differs: 409,
  'vault-unreadable': 409,
  'run-failed': 409,
  'in-grace': 409,
  superseded: 409,
  needs: 409,
  'idempotency-key-reused': 422,
  busy: 409,
  'lease-lost': 503,
  'upstream-denied': 502,
  'upstream-rejected': 502,
  'upstream-throttled': 503,
  'upstream-unavailable': 503,
  'outcome-unknown': 503,
  'not-propagated': 503,
  'in-progress': 503,
  internal: 500,
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'busy',
  'lease-lost',
  'upstream-throttled',
  'upstream-unavailable',
  'outcome-unknown',
  'not-propagated',
  'in-progress',
])

/**
 * The one error that Steward throws on purpose. Its message is written for the operator: what happened, to what, what
 * to do next; it may be shown to the caller.
 */
export class StewardError extends Error {
  override readonly name = 'StewardError'
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly issues: readonly Issue[]
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.status = details.status ?? STATUS[code]
    this.retryable = details.retryable ?? RETRYABLE.has(code)
    this.retryAfterMs = details.retryAfterMs
    this.issues = details.issues ?? []
    this.data = details.data ?? {}
  }
}

/** What any thrown value means to the caller: ours as it is, anything else `internal` without a word of its message. */
export function toStewardError(thrown: unknown): StewardError {
  if (thrown instanceof StewardError) return thrown
  return new StewardError('internal', 'Steward failed in a way it does not know; the log has the reason.', {
    cause: thrown,
  })
}
