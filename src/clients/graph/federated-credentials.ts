import { z } from 'zod'
import type { ApiError, JsonApi } from '../json-api.ts'
import { CONCURRENT_CHANGE, isMissing, isTaken } from './errors.ts'
import { listGraph } from './lists.ts'
import { GRAPH_RIGHTS } from './rights.ts'

/** A workload elsewhere, or a managed identity, that signs in as an application. Entra compares all of it by case. */
export interface FederatedCredential {
  readonly name: string
  readonly issuer: string
  /** Null for one that goes by other claims. */
  readonly subject: string | null
  readonly audiences: readonly string[]
}

export interface FederatedCredentialCalls {
  listFederatedCredentials(applicationObjectId: string): Promise<FederatedCredential[]>
  /** `already-exists` for another with the same name, or with the same issuer and subject. */
  createFederatedCredential(
    applicationObjectId: string,
    wish: {
      /** 3 to 120 characters of a URL; nobody can change it afterwards. */
      readonly name: string
      readonly issuer: string
      readonly subject: string
      readonly audience: string
      readonly description?: string
    },
  ): Promise<'created' | 'already-exists' | 'concurrent-change' | 'application-not-replicated'>
  deleteFederatedCredential(applicationObjectId: string, nameOrId: string): Promise<'deleted' | 'already-gone'>
}

const SELECT = '$select=name,issuer,subject,audiences'

const credentialAnswer = z
  .object({
    name: z.string().max(1024),
    issuer: z.string().max(4096).nullish(),
    subject: z.string().max(4096).nullish(),
    audiences: z.array(z.string().max(4096)).max(100).nullish(),
  })
  .transform(
    ({ name, issuer, subject, audiences }): FederatedCredential => ({
      name,
      issuer: issuer ?? '',
      subject: subject ?? null,
      audiences: audiences ?? [],
    }),
  )

/** Calls on an application's federated identity credentials. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function federatedCredentialCalls(graph: JsonApi): FederatedCredentialCalls {
  const pathOf = (applicationObjectId: string): string =>
    `/v1.0/applications/${encodeURIComponent(applicationObjectId)}/federatedIdentityCredentials`

  return {
    /** https://learn.microsoft.com/graph/api/application-list-federatedidentitycredentials; right: `readApplication`. */
    listFederatedCredentials: async (applicationObjectId) => {
      const path = `${pathOf(applicationObjectId)}?${SELECT}`
      const credentials: FederatedCredential[] = []
      for await (const page of listGraph(graph, {
        path,
        right: GRAPH_RIGHTS.readApplication,
        item: credentialAnswer,
      })) {
        credentials.push(...page)
      }
      return credentials
    },

    /**
     * https://learn.microsoft.com/graph/api/application-post-federatedidentitycredentials; right:
     * `changeFederatedCredentials`. Wrong values are taken, too, and fail only when somebody signs in; right ones work
     * everywhere after some minutes. Also throws `outcome-unknown`.
     */
    createFederatedCredential: async (applicationObjectId, { name, issuer, subject, audience, description }) => {
      const call = {
        method: 'POST',
        path: pathOf(applicationObjectId),
        body: {
          name,
          issuer,
          subject,
          audiences: [audience],
          ...(description === undefined ? {} : { description }),
        },
        isRepeatable: false,
        right: GRAPH_RIGHTS.changeFederatedCredentials,
        answer: z.unknown(),
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return 'created'
      if (isMissing(outcome.error)) return 'application-not-replicated'
      if (outcome.error.code === CONCURRENT_CHANGE) return 'concurrent-change'
      if (isTaken(outcome.error) || isDuplicate(outcome.error)) return 'already-exists'
      throw graph.explain(call, outcome.error)
    },

    /** https://learn.microsoft.com/graph/api/federatedidentitycredential-delete; right: `changeFederatedCredentials`. */
    deleteFederatedCredential: async (applicationObjectId, nameOrId) => {
      const call = {
        method: 'DELETE',
        path: `${pathOf(applicationObjectId)}/${encodeURIComponent(nameOrId)}`,
        isRepeatable: true,
        right: GRAPH_RIGHTS.changeFederatedCredentials,
        answer: z.unknown(),
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return 'deleted'
      if (isMissing(outcome.error)) return 'already-gone'
      throw graph.explain(call, outcome.error)
    },
  }
}

/** How Graph refuses a second credential for the same issuer and subject. */
function isDuplicate({ status, message }: ApiError): boolean {
  return status === 400 && /issuer and subject must be unique/i.test(message)
}
