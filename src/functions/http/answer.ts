import type { HttpResponseInit } from '@azure/functions'
import type { Issue, StewardError } from '../../platform/errors.ts'

/** What an endpoint answers, before it is shaped for the host. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const NO_STORE = { 'cache-control': 'no-store' }

export function shapeAnswer({ status, headers, body }: Answer, correlationId: string): HttpResponseInit {
  return {
    status,
    headers: { ...NO_STORE, 'x-correlation-id': correlationId, ...headers },
    ...(body === undefined ? {} : { jsonBody: body }),
  }
}

/** RFC 9457: every error that leaves the app has this shape. What `internal` hides is in the log, under the same id. */
export function shapeProblem(error: StewardError, correlationId: string, extension: object): HttpResponseInit {
  const { code, status, message, issues, retryAfterMs } = error
  return {
    status,
    headers: {
      ...NO_STORE,
      'content-type': 'application/problem+json',
      'x-correlation-id': correlationId,
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    },
    jsonBody: {
      type: `urn:steward:problem:${code}`,
      title: TITLES[code],
      status,
      code,
      detail: message,
      ...(issues.length > 0 ? { issues: boundIssues(issues) } : {}),
      ...extension,
      correlationId,
    },
  }
}

/** Whoever sends very much that is wrong is told where to begin. */
const MAX_ISSUES = 50

function boundIssues(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length <= MAX_ISSUES) return issues
  const shown = issues.slice(0, MAX_ISSUES - 1)
  return [...shown, { path: '', message: `and ${issues.length - shown.length} more` }]
}

const TITLES: Readonly<Record<StewardError['code'], string>> = {
  'configuration-invalid': 'Steward is not configured',
  'invalid-request': 'The request is not valid',
  unauthenticated: 'Nobody is signed in',
  'role-missing': 'The caller lacks a role',
  'not-allowed': 'The configuration does not allow this',
  'vault-shared': 'The vault is not for this onboarding alone',
  'not-found': 'Not found',
  'not-ours': 'It exists and is not ours',
  'belongs-to-another': 'It belongs to another onboarding',
  'switched-off': 'Somebody switched it off',
  differs: 'It is there, but not as asked for',
  'vault-unreadable': 'Azure Databricks cannot read the vault',
  'run-failed': 'The run of the job failed',
  'in-grace': 'Earlier credentials are still in their grace',
  superseded: 'A later request took its place',
  needs: 'Something else is needed first',
  'idempotency-key-reused': 'The idempotency key was used for something else',
  busy: 'Somebody else is at work on this',
  'lease-lost': 'The exclusive right to work was lost',
  'upstream-denied': 'An Azure service denied Steward',
  'upstream-rejected': 'An Azure service rejected the request',
  'upstream-throttled': 'An Azure service is throttling',
  'upstream-unavailable': 'An Azure service is unavailable',
  'outcome-unknown': 'The outcome is not known yet',
  'not-propagated': 'Azure is still replicating',
  'in-progress': 'Still under way',
  internal: 'Steward failed',
}
