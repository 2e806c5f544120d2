import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import type { HttpAnswer } from '../../platform/http/message.ts'
import { quote } from '../answer.ts'
import { explainDenial, type Right } from '../right.ts'
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

/** A 4xx of a vault, on its way out of the SDK's pipeline to the call that knows what it means. */
export class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal'
  readonly status: number
  /** The most specific code: `ObjectIsDeletedButRecoverable`, `SecretDisabled`, `ForbiddenByRbac`, else `SecretNotFound`. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Reads the error shape of https://learn.microsoft.com/rest/api/keyvault; what is in front of a vault may answer in any other. */
export function parseRefusal({ status, body }: HttpAnswer): VaultRefusal {
  const parsed = errorBody.safeParse(parseJson(body))
  if (!parsed.success) return new VaultRefusal(status, '', body || 'no reason given')
  const { code, message, innererror } = parsed.data.error
  return new VaultRefusal(status, innererror?.code ?? code, message)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface FailedVaultCall {
  readonly right: Right
  readonly vaultUrl: string
  readonly identityLabel: string
}

/**
 * What ended a call: our own errors as they are, refusals in the operator's terms. Any other error comes from the SDK
 * failing to read an answer; it goes no further, since its message may hold the answer, secret value and all.
 */
export function explainVaultError(thrown: unknown, { right, vaultUrl, identityLabel }: FailedVaultCall): StewardError {
  if (thrown instanceof StewardError) return thrown
  const { host } = new URL(vaultUrl)
  if (!(thrown instanceof VaultRefusal)) {
    return new StewardError(
      'upstream-rejected',
      `${host} answered the call to ${right.action} in a form that Steward does not know.`,
    )
  }
  const { status, code, message } = thrown
  const detail = quote(code === '' ? message : `${code}: ${message}`)
  if (status === 401 || status === 403) {
    const missing = code === 'ForbiddenByFirewall' ? networkAccess(right) : right
    return explainDenial({ right: missing, identityLabel, host, status, detail })
  }
  return new StewardError('upstream-rejected', `${host} refused to ${right.action} (${status}): ${detail}`, {
    data: { status },
  })
}
