import { z } from 'zod'
import { idText } from '../answer.ts'
import { type ApiCall, demand, type JsonApi } from '../json-api.ts'
import { epochMs } from './epoch.ts'
import { ask, isMissing, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

/** Anybody's personal access token, as a workspace admin sees it. */
export interface ManagedToken {
  readonly tokenId: string
  readonly comment: string | null
  readonly createdAt: Date
  /** Null for one that never expires. */
  readonly expiresAt: Date | null
  /** A user's name, or the application id of a service principal. */
  readonly createdBy: string | null
  /** True to a day or so; null when it was never used, or Databricks does not say. */
  readonly lastUsedDay: Date | null
  /** Null when it may be used for everything. */
  readonly scopes: readonly string[] | null
}

export interface TokenManagementCalls {
  /** All of the workspace without a creator. Those that expired or were revoked are not among them. */
  listTokens(createdBy?: string): Promise<ManagedToken[]>
  revokeToken(tokenId: string): Promise<'revoked' | 'already-gone'>
}

const PATH = '/api/2.0/token-management/tokens'

/** The list has no pages. A token takes half a kilobyte, more with a long comment; ten thousand are a big workspace. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const MAX_TOKENS = 50_000

const tokenAnswer = z
  .object({
    token_id: idText,
    comment: z.string().nullish(),
    creation_time: epochMs,
    expiry_time: epochMs,
    created_by_username: z.string().max(1024).nullish(),
    last_used_day: epochMs,
    scopes: z.array(z.string().max(256)).max(1000).nullish(),
  })
  .transform((token, context): ManagedToken => {
    const { creation_time: createdAt, comment, created_by_username: createdBy, scopes } = token
    if (createdAt) {
      return {
        tokenId: token.token_id,
        comment: comment || null,
        createdAt,
        expiresAt: token.expiry_time,
        createdBy: createdBy || null,
        lastUsedDay: token.last_used_day,
        scopes: scopes?.length ? scopes : null,
      }
    }
    context.addIssue({ code: 'custom', path: ['creation_time'], message: 'is missing' })
    return z.NEVER
  })

const tokensAnswer = z.object({
  token_infos: z
    .array(tokenAnswer)
    .max(MAX_TOKENS)
    .nullish()
    .transform((tokens) => tokens ?? []),
})

/** Calls on everybody's tokens. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function tokenManagementCalls(workspace: JsonApi): TokenManagementCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/tokenmanagement/list; right: `readTokens`. */
    listTokens: async (createdBy) => {
      const right = DATABRICKS_RIGHTS.readTokens
      const filter: Readonly<Record<string, string>> = createdBy === undefined ? {} : { created_by_username: createdBy }
      const call = { ...readCall(PATH, filter, { right, answer: tokensAnswer }), maxAnswerBytes: MAX_ANSWER_BYTES }
      const { token_infos: tokens } = demand(workspace, call, await workspace.call(call))
      if (createdBy === undefined) return tokens
      // Lest somebody else's be revoked, should the filter not have been heeded.
      const wanted = createdBy.toLowerCase()
      return tokens.filter((token) => token.createdBy === null || token.createdBy.toLowerCase() === wanted)
    },

    /** https://docs.databricks.com/api/azure/workspace/tokenmanagement/delete; right: `revokeToken`. */
    revokeToken: async (tokenId) => {
      const call: ApiCall<unknown> = {
        method: 'DELETE',
        path: `${PATH}/${encodeURIComponent(tokenId)}`,
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.revokeToken,
        answer: z.unknown(),
      }
      const outcome = await ask(workspace, call, (error) => (isMissing(error) ? 'already-gone' : undefined))
      return outcome === 'already-gone' ? outcome : 'revoked'
    },
  }
}
