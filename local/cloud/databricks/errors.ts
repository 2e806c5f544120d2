import type { CloudResponse } from '../service.ts'

const SCIM_ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** A refusal, carried to the guard that turns it into an answer. */
export class DatabricksError extends Error {
  readonly response: CloudResponse

  constructor(message: string, response: CloudResponse) {
    super(message)
    this.response = response
  }
}

/** What the gateway in front of the APIs answers: an integer code, and the text in a header too. */
export function gatewayError(status: number, message: string): DatabricksError {
  return new DatabricksError(message, {
    status,
    headers: { 'X-Databricks-Reason-Phrase': message },
    body: { error_code: status, message },
  })
}

/** The shape of most APIs. */
export function apiError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): DatabricksError {
  return new DatabricksError(message, { status, headers, body: { error_code: code, message } })
}

/** The shape of the SCIM APIs, where the status is a string. */
export function scimError(status: number, detail: string, scimType: string | null = null): DatabricksError {
  const type = scimType === null ? {} : { scimType }
  return new DatabricksError(detail, {
    status,
    headers: { 'Content-Type': 'application/scim+json' },
    body: { schemas: [SCIM_ERROR_SCHEMA], status: String(status), ...type, detail },
  })
}

/** `reason` stands where SCIM has its type: so do the recorded answers. */
export function schemaViolation(reason: string): DatabricksError {
  return scimError(400, 'Request is unparsable, syntactically incorrect, or violates schema.', reason)
}

export function invalidValue(detail: string): DatabricksError {
  return scimError(400, detail, 'invalidValue')
}
