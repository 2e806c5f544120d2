import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { describeRequest, type HttpAnswer, type HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { parseAnswer } from '../answer.ts'

type ClientSecretVerdict = 'accepted' | 'not-accepted-yet' | 'service-principal-missing'

export interface EntraClient {
  tryClientSecret(attempt: { clientId: string; secret: Secret; audience: string }): Promise<ClientSecretVerdict>
}

export interface EntraClientOptions {
  readonly http: HttpClient
  /** `login.microsoftonline.com`, or that of another cloud. */
  readonly authorityHost: string
  readonly tenantId: string
}

/** What Entra's error numbers mean for a secret that was just made (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const VERDICTS: ReadonlyMap<string, ClientSecretVerdict> = new Map([
  // The secret is wrong, or the replica that was asked has not heard of it.
  ['7000215', 'not-accepted-yet'],
  // The application is not in the directory, or the replica has not heard of it.
  ['700016', 'not-accepted-yet'],
  ['7000229', 'service-principal-missing'],
])

const tokenAnswer = z.object({ access_token: z.string().min(1) })

const errorAnswer = z.object({
  error: z.string().max(256).catch('unknown'),
  error_codes: z.array(z.number()).max(100).optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
})

/** The token endpoint, asked only whether it takes a secret; the token itself is thrown away. */
export function createEntraClient({ http, authorityHost, tenantId }: EntraClientOptions): EntraClient {
  const url = `https://${authorityHost}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`
  return {
    /**
     * The client credentials grant (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow);
     * needs no right. Throws `upstream-rejected` with the AADSTS number for any other refusal: the description stays out,
     * since it may repeat what was sent; and what `HttpClient.send` throws.
     */
    tryClientSecret: async ({ clientId, secret, audience }) => {
      const answer = await http.send({
        method: 'POST',
        url,
        // A token more or less changes nothing.
        isRepeatable: true,
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: secret.reveal(),
          scope: `${audience}/.default`,
        }).toString(),
      })
      if (answer.status < 400) {
        parseAnswer(tokenAnswer, answer, describeRequest({ method: 'POST', url }))
        return 'accepted'
      }
      return judgeRefusal(url, clientId, answer)
    },
  }
}

function judgeRefusal(url: string, clientId: string, answer: HttpAnswer): ClientSecretVerdict {
  const what = describeRequest({ method: 'POST', url })
  const { error, error_codes, error_description } = parseAnswer(errorAnswer, answer, what)
  const number = error_codes?.[0]?.toString() ?? /AADSTS(\d+)/.exec(error_description ?? '')?.[1]
  const verdict = number === undefined ? undefined : VERDICTS.get(number)
  if (verdict) return verdict
  const data = { status: answer.status, aadsts: number }
  if (error === 'temporarily_unavailable') {
    throw new StewardError('upstream-unavailable', `${what} is not available at the moment.`, { data })
  }
  const reason = number === undefined ? error.replace(/[^\w-]/g, '') : `AADSTS${number}`
  throw new StewardError(
    'upstream-rejected',
    `Microsoft Entra ID did not give application ${clientId} a token (${reason}; look it up at https://login.microsoftonline.com/error).`,
    { data },
  )
}
