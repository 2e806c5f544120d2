import { z } from 'zod'
import type { HttpAnswer } from '../platform/http/message.ts'
import type { ApiError } from './json-api.ts'

const errorBody = z.object({
  error: z.object({ code: z.string().max(256).catch(''), message: z.string().max(65_536).catch('') }),
})

/** The error shape that Graph and Resource Manager share: `{ error: { code, message } }`; what is in front of them may answer in any other. */
export function parseErrorBody({ status, body }: HttpAnswer): ApiError {
  const parsed = errorBody.safeParse(parseJson(body))
  const { code, message } = parsed.success ? parsed.data.error : { code: '', message: body }
  return { status, code: code || null, message: message || 'no reason given', isTransient: false }
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
