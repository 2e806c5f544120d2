import { randomUUID } from 'node:crypto'
import type { CloudRequest, CloudResponse } from '../service.ts'

type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'invalid_resource'
  | 'invalid_scope'
  | 'invalid_tenant'
  | 'invalid_instance'
  | 'unsupported_grant_type'

/** A refusal of the token service; `code` is the number behind AADSTS (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
export class EntraError extends Error {
  readonly status: number
  readonly error: OAuthError
  readonly code: number

  constructor(status: number, error: OAuthError, code: number, message: string) {
    super(message)
    this.status = status
    this.error = error
    this.code = code
  }
}

export function tenantNotFound(tenant: string): EntraError {
  return new EntraError(
    400,
    'invalid_tenant',
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  )
}

export function missingParameter(name: string): EntraError {
  return new EntraError(
    400,
    'invalid_request',
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  )
}

export function resourceNotFound(resource: string, tenantId: string): EntraError {
  return new EntraError(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  )
}

/** Renders a refusal; the correlation id is the caller's own when it sent one. */
export function renderEntraError(
  { status, error, code, message }: EntraError,
  request: Pick<CloudRequest, 'headers' | 'url'>,
  now: number,
): CloudResponse {
  const sent = request.headers['client-request-id'] ?? request.url.searchParams.get('client-request-id')
  const correlationId = typeof sent === 'string' ? sent : randomUUID()
  const traceId = randomUUID()
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    status,
    headers: { 'x-ms-request-id': traceId, 'client-request-id': correlationId, 'Cache-Control': 'no-store, no-cache' },
    body: {
      error,
      error_description: `AADSTS${code}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://${request.url.host}/error?code=${code}`,
    },
  }
}
