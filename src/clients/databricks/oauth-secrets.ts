import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { Secret } from '../../platform/secret.ts'
import { idText } from '../answer.ts'
import { type ApiCall, demand, type JsonApi } from '../json-api.ts'
import { ask, isMissing } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

/** An OAuth secret at the one moment at which Databricks shows it. */
export interface IssuedOAuthSecret {
  readonly secretId: string
  readonly secret: Secret
}

/** Secrets that Databricks, not Entra, signs a service principal in with; principals go by their SCIM id. */
export interface OAuthSecretCalls {
  createOAuthSecret(principalId: string, lifetimeSeconds: number): Promise<IssuedOAuthSecret>
  deleteOAuthSecret(principalId: string, secretId: string): Promise<'deleted' | 'already-gone'>
}

/** The value leaves the schema as a `Secret` and is nowhere else. */
const createdAnswer = z
  .object({ id: idText, secret: z.string().min(1).max(4096) })
  .transform(({ id, secret }): IssuedOAuthSecret => ({ secretId: id, secret: new Secret(secret) }))

const LIMIT: ReadonlySet<string | null> = new Set(['QUOTA_EXCEEDED', 'RESOURCE_LIMIT_EXCEEDED', 'RESOURCE_EXHAUSTED'])

/**
 * Calls on a service principal's OAuth secrets, through the workspace that it is in. All throw `upstream-denied`,
 * `upstream-rejected` and what `HttpClient.send` throws; no message ever holds a secret.
 */
export function oauthSecretCalls(workspace: JsonApi): OAuthSecretCalls {
  const pathOf = (principalId: string): string =>
    `/api/2.0/accounts/servicePrincipals/${encodeURIComponent(principalId)}/credentials/secrets`

  return {
    /**
     * https://docs.databricks.com/api/azure/workspace/serviceprincipalsecretsproxy/create; right: `changeOAuthSecrets`. Each
     * call makes one more. Also throws `outcome-unknown`.
     */
    createOAuthSecret: async (principalId, lifetimeSeconds) => {
      const call: ApiCall<IssuedOAuthSecret> = {
        method: 'POST',
        path: pathOf(principalId),
        body: { lifetime: `${lifetimeSeconds}s` },
        isRepeatable: false,
        isConfidential: true,
        right: DATABRICKS_RIGHTS.changeOAuthSecrets,
        answer: createdAnswer,
      }
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused' && LIMIT.has(outcome.error.code)) {
        const { status } = outcome.error
        throw new StewardError(
          'upstream-rejected',
          `Azure Databricks (${new URL(workspace.origin).host}) did not create an OAuth secret for service principal ${principalId}: it has as many as Databricks allows. Delete those that nobody uses, on its page under Settings > Identity and access > Service principals > Secrets.`,
          { data: { status, principalId } },
        )
      }
      return demand(workspace, call, outcome)
    },

    /** https://docs.databricks.com/api/azure/workspace/serviceprincipalsecretsproxy/delete; right: `changeOAuthSecrets`. */
    deleteOAuthSecret: async (principalId, secretId) => {
      const call: ApiCall<unknown> = {
        method: 'DELETE',
        path: `${pathOf(principalId)}/${encodeURIComponent(secretId)}`,
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.changeOAuthSecrets,
        answer: z.unknown(),
      }
      const outcome = await ask(workspace, call, (error) => (isMissing(error) ? 'already-gone' : undefined))
      return outcome === 'already-gone' ? outcome : 'deleted'
    },
  }
}
