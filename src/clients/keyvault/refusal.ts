import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import type { HttpAnswer } from '../../platform/http/message.ts'
import { quote } from '../answer.ts'
import { parseJson } from '../error-body.ts'
import type { ApiError } from '../json-api.ts'
import { explainDenial, type Right } from '../right.ts'
import { findRefusal } from '../sdk-transport.ts'
import { networkAccess } from './rights.ts'

const errorBody = z.object({
  error: z.object({
    code: z.string().max(256).catch(''),
    message: z.string().max(65_536).catch(''),
    innererror: z
      .object({ code: z.string().max(256) })
      .optional()
      .catch(undefined),
  }),
})

/**
 * Reads the error shape of https://learn.microsoft.com/rest/api/keyvault; what is in front of a vault may answer in any
 * other. The code is the most specific one: `ObjectIsDeletedButRecoverable`, `SecretDisabled`, else `SecretNotFound`.
 */
export function parseVaultError({ status, body }: HttpAnswer): ApiError {
  const parsed = errorBody.safeParse(parseJson(body))
  if (!parsed.success) return { status, code: null, message: body || 'no reason given', isTransient: false }
  const { code, message, innererror } = parsed.data.error
  return { status, code: (innererror?.code ?? code) || null, message, isTransient: false }
}

/** Whether this is the vault's own refusal with one of these codes. */
export function isRefusal(error: ApiError | null, status: number, ...codes: readonly string[]): boolean {
  return error !== null && error.status === status && error.code !== null && codes.includes(error.code)
}

export interface FailedVaultCall {
  readonly right: Right
  readonly vaultUrl: string
  readonly identityLabel: string
}

/**
 * What ended a call of the SDK: our own errors as they are, refusals in the operator's terms. Any other error comes from the
 * SDK failing to read an answer; it goes no further, since its message may hold the answer, secret value and all.
 */
export function explainVaultError(thrown: unknown, call: FailedVaultCall): StewardError {
  if (thrown instanceof StewardError) return thrown
  const refusal = findRefusal(thrown)
  if (refusal) return explainVaultRefusal(refusal, call)
  return new StewardError(
    'upstream-rejected',
    `${new URL(call.vaultUrl).host} answered the call to ${call.right.action} in a form that Steward does not know.`,
  )
}

/** A refusal that the call has no name for: `upstream-denied` for 401 and 403, else `upstream-rejected`. */
export function explainVaultRefusal(
  { status, code, message }: ApiError,
  { right, vaultUrl, identityLabel }: FailedVaultCall,
): StewardError {
  const { host } = new URL(vaultUrl)
  const detail = quote(code === null ? message : `${code}: ${message}`)
  if (status === 401 || status === 403) {
    const missing = code === 'ForbiddenByFirewall' ? networkAccess(right) : right
    return explainDenial({ right: missing, identityLabel, host, status, detail })
  }
  return new StewardError('upstream-rejected', `${host} refused to ${right.action} (${status}): ${detail}`, {
    data: { status },
  })
}
