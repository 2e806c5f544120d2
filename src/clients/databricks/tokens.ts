import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { Secret } from '../../platform/secret.ts'
import { idText } from '../answer.ts'
import { type ApiCall, type ApiError, demand, type JsonApi } from '../json-api.ts'
import { epochMs } from './epoch.ts'
import { explainDeadToken, isDeadToken } from './rest.ts'
import { PRINCIPAL_RIGHTS } from './rights.ts'

/** A personal access token at the one moment at which Databricks shows it. */
export interface IssuedToken {
  readonly tokenId: string
  readonly value: Secret
  /** Null for one that never expires. */
  readonly expiresAt: Date | null
}

/** Calls of a principal for itself. */
export interface OwnTokenCalls {
  createToken(wish: {
    /** Shown to whoever lists tokens. */
    readonly comment: string
    readonly lifetimeSeconds: number
    /** What the token may be used for; everything when null. */
    readonly scopes: readonly string[] | null
  }): Promise<IssuedToken>
}

/** The value leaves the schema as a `Secret` and is nowhere else. */
const createdAnswer = z
  .object({
    token_value: z.string().min(1).max(4096),
    token_info: z.object({ token_id: idText, expiry_time: epochMs }),
  })
  .transform(
    ({ token_value, token_info }): IssuedToken => ({
      tokenId: token_info.token_id,
      value: new Secret(token_value),
      expiresAt: token_info.expiry_time,
    }),
  )

/**
 * Calls on the caller's own tokens. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws; no
 * message ever holds a token.
 */
export function ownTokenCalls(workspace: JsonApi, identityLabel: string): OwnTokenCalls {
  return {
    /**
     * https://docs.databricks.com/api/azure/workspace/tokens/create; right: `createToken`. Each call makes one more, and
     * what is lost on the way cannot be shown again. Also throws `outcome-unknown`.
     */
    createToken: async ({ comment, lifetimeSeconds, scopes }) => {
      const call = {
        method: 'POST',
        path: '/api/2.0/token/create',
        body: { comment, lifetime_seconds: lifetimeSeconds, ...(scopes === null ? {} : { scopes }) },
        isRepeatable: false,
        isConfidential: true,
        right: PRINCIPAL_RIGHTS.createToken,
        answer: createdAnswer,
      } as const satisfies ApiCall<IssuedToken>
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused') {
        const refused = { workspace, call, identityLabel, lifetimeSeconds, error: outcome.error }
        const known = explainRefusal(refused)
        if (known) throw known
      }
      return demand(workspace, call, outcome)
    },
  }
}

interface RefusedToken {
  readonly workspace: JsonApi
  readonly call: ApiCall<unknown>
  readonly identityLabel: string
  readonly lifetimeSeconds: number
  readonly error: ApiError
}

const QUOTA: ReadonlySet<string | null> = new Set(['QUOTA_EXCEEDED', 'RESOURCE_LIMIT_EXCEEDED'])
const SWITCHED_OFF = /tokens? (?:\w+ ){0,4}(?:disabled|not enabled)\b/i

/** The refusals that are known, in the operator's terms; undefined for any other. */
function explainRefusal(refused: RefusedToken): StewardError | undefined {
  const { workspace, call, identityLabel, lifetimeSeconds, error } = refused
  const { status, code, message } = error
  const host = new URL(workspace.origin).host
  const reject = (what: string): StewardError =>
    new StewardError(
      'upstream-rejected',
      `Azure Databricks (${host}) did not create a token for ${identityLabel}: ${what}`,
      { data: { status, identity: identityLabel, host } },
    )
  if (isDeadToken(error)) return explainDeadToken(error, { host, identityLabel })
  if (code === 'FEATURE_DISABLED' || SWITCHED_OFF.test(message)) {
    return reject(
      'personal access tokens are switched off in the workspace. A workspace admin can switch them on in Settings > Advanced (enableTokensConfig).',
    )
  }
  if (/permission to use tokens/i.test(message)) return workspace.deny(call, error)
  if (QUOTA.has(code)) {
    return reject(
      'it has 600 live tokens, and Databricks allows no more. Delete those that nobody uses; a workspace admin can in Settings > Advanced > Personal access tokens.',
    )
  }
  if (status === 400 && /lifetime|invalid timeout/i.test(message)) {
    return reject(
      `a lifetime of ${lifetimeSeconds} s is not allowed. The setting maxTokenLifetimeDays of the workspace is the most: ask for less, or have a workspace admin raise it.`,
    )
  }
  return undefined
}
