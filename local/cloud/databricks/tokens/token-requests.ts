import { z } from 'zod'
import { int64 } from '../request-body.ts'

const COMMENT_LIMIT = 255

export const createTokenBody = z.strictObject({
  comment: z
    .string()
    .refine(({ length }) => length <= COMMENT_LIMIT, `The comment cannot exceed ${COMMENT_LIMIT} characters`)
    .optional(),
  lifetime_seconds: int64.optional(),
  scopes: z.array(z.string()).optional(),
  /** Without effect: no call here asks for a scope, so none can be inferred. */
  autoscope_enabled: z.boolean().optional(),
})

export const deleteTokenBody = z.strictObject({ token_id: z.string() })

/** Lists of one's own tokens take no parameter. */
export const noQuery = z.strictObject({})

export const listTokensQuery = z.strictObject({
  created_by_id: int64.optional(),
  created_by_username: z.string().optional(),
})
