import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { describeRequest, type HttpAnswer, type HttpClient } from '../../platform/http/message.ts'
import { Secret } from '../../platform/secret.ts'
import { lifetimeSeconds, parseAnswer } from '../answer.ts'

type ClientSecretVerdict = 'accepted' | 'not-accepted-yet' | 'service-principal-missing'

/** What an application proves itself with: a client secret, or the token of an identity that it trusts. */
export type ClientProof =
  | { readonly kind: 'client-secret'; readonly secret: Secret }
  | { readonly kind: 'federated'; readonly assertion: Secret }

/** Refusals that may go away, by themselves or once somebody makes what is missing. */
export type TokenRefusal =
  /** The secret is wrong, or a replica has not heard of it. */
  | 'not-accepted-yet'
  | 'service-principal-missing'
  /** The application has none that fits the assertion, or a replica has not heard of it. */
  | 'no-federated-credential'
  /** The application is not in the directory, or a replica has not heard of it. */
  | 'application-missing'

export type AcquiredToken =
  | {
      readonly kind: 'token'
      readonly token: Secret
      /** From now on; 0 when Entra does not say. */
      readonly lifetimeSeconds: number
    }
  | { readonly kind: 'refused'; readonly reason: TokenRefusal }

export interface EntraClient {
  /** Signs an application in. The audience goes without `/.default`. */
  acquireToken(wish: { clientId: string; proof: ClientProof; audience: string }): Promise<AcquiredToken>
  /** Whether an application can sign in with a secret; the token itself is thrown away. */
  tryClientSecret(attempt: { clientId: string; secret: Secret; audience: string }): Promise<ClientSecretVerdict>
}

export interface EntraClientOptions {
  readonly http: HttpClient
  /** `login.microsoftonline.com`, or that of another cloud. */
  readonly authorityHost: string
  readonly tenantId: string
}

/** What Entra's error numbers mean, whatever the proof (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const REASONS: ReadonlyMap<string | undefined, TokenRefusal> = new Map([
  ['7000215', 'not-accepted-yet'],
  ['700016', 'application-missing'],
  ['7000229', 'service-principal-missing'],
])

/** No credential fits: by issuer, subject or audience, or but for the case of a letter. */
const NO_FEDERATED_CREDENTIAL: ReadonlySet<string | undefined> = new Set([
  '70021',
  '700211',
  '700212',
  '700213',
  '7002138',
])

const EXPIRED_SECRET = '7000222'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** The token leaves the schema as a `Secret` and is nowhere else. */
const tokenAnswer = z
  .object({ access_token: z.string().min(1), expires_in: lifetimeSeconds })
  .transform(({ access_token, expires_in }) => ({
    kind: 'token' as const,
    token: new Secret(access_token),
    lifetimeSeconds: expires_in,
  }))

const errorAnswer = z.object({
  error: z.string().max(256).catch('unknown'),
  error_codes: z.array(z.number()).max(100).optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
})

/** One tenant's token endpoint. */
export function createEntraClient({ http, authorityHost, tenantId }: EntraClientOptions): EntraClient {
  const url = `https://${authorityHost}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`

  /**
   * The client credentials grant (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow);
   * needs no right. Throws `upstream-rejected` with the AADSTS number for any refusal without a name: the description
   * stays out, since it may repeat what was sent; and what `HttpClient.send` throws.
   */
  const acquireToken: EntraClient['acquireToken'] = async ({ clientId, proof, audience }) => {
    const answer = await http.send({
      method: 'POST',
      url,
      // A token more or less changes nothing.
      isRepeatable: true,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        ...describeProof(proof),
        scope: `${audience}/.default`,
      }).toString(),
    })
    if (answer.status < 400) return parseAnswer(tokenAnswer, answer, describeRequest({ method: 'POST', url }))
    return { kind: 'refused', reason: judgeRefusal(url, { clientId, proof }, answer) }
  }

  return {
    acquireToken,

    tryClientSecret: async ({ clientId, secret, audience }) => {
      const acquired = await acquireToken({ clientId, proof: { kind: 'client-secret', secret }, audience })
      if (acquired.kind === 'token') return 'accepted'
      return acquired.reason === 'service-principal-missing' ? acquired.reason : 'not-accepted-yet'
    },
  }
}

function describeProof(proof: ClientProof): Readonly<Record<string, string>> {
  return proof.kind === 'client-secret'
    ? { client_secret: proof.secret.reveal() }
    : { client_assertion_type: ASSERTION_TYPE, client_assertion: proof.assertion.reveal() }
}

function judgeRefusal(
  url: string,
  { clientId, proof }: { readonly clientId: string; readonly proof: ClientProof },
  answer: HttpAnswer,
): TokenRefusal {
  const what = describeRequest({ method: 'POST', url })
  const { error, error_codes, error_description } = parseAnswer(errorAnswer, answer, what)
  const number = error_codes?.[0]?.toString() ?? /AADSTS(\d+)/.exec(error_description ?? '')?.[1]
  const reason = REASONS.get(number)
  if (reason) return reason
  if (proof.kind === 'federated' && NO_FEDERATED_CREDENTIAL.has(number)) return 'no-federated-credential'
  const data = { status: answer.status, aadsts: number }
  if (error === 'temporarily_unavailable') {
    throw new StewardError('upstream-unavailable', `${what} is not available at the moment.`, { data })
  }
  const why = number === undefined ? error.replace(/[^\w-]/g, '') : `AADSTS${number}`
  const advice =
    number === EXPIRED_SECRET
      ? 'its client secret is expired: give it a new one'
      : 'look it up at https://login.microsoftonline.com/error'
  throw new StewardError(
    'upstream-rejected',
    `Microsoft Entra ID did not give application ${clientId} a token (${why}; ${advice}).`,
    { data },
  )
}
