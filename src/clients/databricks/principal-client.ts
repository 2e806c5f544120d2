import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { describeRequest, type HttpAnswer, type HttpClient } from '../../platform/http/message.ts'
import { Secret } from '../../platform/secret.ts'
import { idText, lifetimeSeconds, parseAnswer } from '../answer.ts'
import { parseJson } from '../error-body.ts'
import { createJsonApi } from '../json-api.ts'
import { explainDenial } from '../right.ts'
import { toApiError } from './errors.ts'
import { ask, isDeadToken, readCall } from './rest.ts'
import { PRINCIPAL_RIGHTS } from './rights.ts'
import { SCIM_PATH } from './scim.ts'
import { type OwnTokenCalls, ownTokenCalls } from './tokens.ts'

/** One workspace as a service principal sees it, rather than Steward. */
export interface PrincipalClient extends OwnTokenCalls {
  /** Whom a token signs in; `token-dead` when the workspace says that the token itself is not valid (any more). */
  whoAmI(): Promise<{ readonly applicationId: string } | 'token-dead'>
}

export interface PrincipalClientOptions {
  readonly http: HttpClient
  /** Gives a token of the principal: of Entra, of Databricks, or a personal access token. */
  readonly token: () => Promise<Secret>
  /** `https://adb-1234567890123456.7.azuredatabricks.net` */
  readonly workspaceUrl: string
  /** Who calls, for messages: the principal's application id. */
  readonly identityLabel: string
}

const meAnswer = z.object({ userName: idText })

/** Binds the calls to one workspace and one principal, whose token is all that is sent of it. */
export function createPrincipalClient(options: PrincipalClientOptions): PrincipalClient {
  const { http, token, workspaceUrl, identityLabel } = options
  const workspace = createJsonApi({
    http,
    token,
    origin: workspaceUrl,
    identityLabel,
    contentType: 'application/json',
    parseError: toApiError,
  })
  return {
    ...ownTokenCalls(workspace, identityLabel),

    /** https://docs.databricks.com/api/azure/workspace/currentuser/me; right: `signIn`. A service principal's name is its application id. */
    whoAmI: async () => {
      const call = readCall(`${SCIM_PATH}/Me`, {}, { right: PRINCIPAL_RIGHTS.signIn, answer: meAnswer })
      const me = await ask(workspace, call, (error) => (isDeadToken(error) ? 'token-dead' : undefined))
      return me === 'token-dead' ? me : { applicationId: me.userName }
    },
  }
}

const tokenAnswer = z
  .object({ access_token: z.string().min(1), expires_in: lifetimeSeconds })
  .transform(({ access_token, expires_in }) => ({
    kind: 'token' as const,
    token: new Secret(access_token),
    lifetimeSeconds: expires_in,
  }))

const errorAnswer = z.object({
  error: z.string().max(256),
  error_description: z.string().catch(''),
})

/**
 * Signs a service principal in with an OAuth secret of Databricks
 * (https://learn.microsoft.com/azure/databricks/dev-tools/auth/oauth-m2m); a secret that was just made may not be accepted
 * yet. Throws `upstream-denied`, and `upstream-rejected` with the error's word only, since the rest may repeat what was
 * sent; and what `HttpClient.send` throws.
 */
export async function exchangeOAuthSecret(exchange: {
  readonly http: HttpClient
  readonly workspaceUrl: string
  /** The principal's application id. */
  readonly clientId: string
  readonly secret: Secret
}): Promise<{ readonly kind: 'token'; readonly token: Secret; readonly lifetimeSeconds: number } | 'not-accepted-yet'> {
  const { http, workspaceUrl, clientId, secret } = exchange
  const url = `${workspaceUrl}/oidc/v1/token`
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret.reveal())}`
  const answer = await http.send({
    method: 'POST',
    url,
    // A token more or less changes nothing.
    isRepeatable: true,
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }).toString(),
  })
  if (answer.status < 400) return parseAnswer(tokenAnswer, answer, describeRequest({ method: 'POST', url }))
  const refusal = readRefusal(answer)
  if (answer.status === 401 && refusal.word === 'invalid_client') return 'not-accepted-yet'
  throw explainExchange(refusal, { status: answer.status, clientId, host: new URL(url).host })
}

interface Refusal {
  /** `invalid_client` and the like, as OAuth defines them; what else is said may repeat what was sent. */
  readonly word: string
  readonly isThrottled: boolean
}

function readRefusal({ body }: HttpAnswer): Refusal {
  const parsed = errorAnswer.safeParse(parseJson(body))
  const { error, error_description } = parsed.success ? parsed.data : { error: '', error_description: '' }
  return {
    word: /^[a-z_]{1,64}$/.test(error) ? error : 'no reason given',
    // Under the word `invalid_request`, of all.
    isThrottled: error === 'temporarily_unavailable' || /throttled|too many requests/i.test(error_description),
  }
}

function explainExchange(
  { word, isThrottled }: Refusal,
  { status, clientId, host }: { readonly status: number; readonly clientId: string; readonly host: string },
): StewardError {
  if (isThrottled) {
    const what = `Azure Databricks (${host}) signs nobody in at the moment (${status}: ${word}).`
    return new StewardError('upstream-throttled', what, { data: { status } })
  }
  if (status === 401 || status === 403) {
    return explainDenial({ right: PRINCIPAL_RIGHTS.signIn, identityLabel: clientId, host, status, detail: word })
  }
  return new StewardError(
    'upstream-rejected',
    `Azure Databricks (${host}) did not sign service principal ${clientId} in (${status}: ${word}). Look at its OAuth secrets in Settings > Identity and access.`,
    { data: { status, identity: clientId, host } },
  )
}
