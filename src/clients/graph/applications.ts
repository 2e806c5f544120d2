import { z } from 'zod'
import { idText, isoDate } from '../answer.ts'
import type { JsonApi } from '../json-api.ts'
import { isMissing, isTaken } from './errors.ts'
import { alternateKey } from './key.ts'
import { GRAPH_RIGHTS } from './rights.ts'

/** A client secret as an application lists it: everything but the value. */
interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly startsAt: Date
  readonly endsAt: Date
}

/** A certificate or another key that signs in as the application. */
interface KeyCredential {
  readonly keyId: string
  readonly displayName: string | null
}

export interface Application {
  readonly objectId: string
  readonly clientId: string
  readonly displayName: string
  readonly uniqueName: string | null
  readonly passwordCredentials: readonly PasswordCredential[]
  readonly keyCredentials: readonly KeyCredential[]
}

export interface ApplicationCalls {
  getApplicationByUniqueName(uniqueName: string): Promise<Application | null>
  getApplicationByClientId(clientId: string): Promise<Application | null>
  createApplication(wish: {
    displayName: string
    uniqueName: string
    ownerObjectId: string
  }): Promise<Application | 'already-exists'>
  deleteApplication(objectId: string): Promise<void>
}

const SELECT = '$select=id,appId,displayName,uniqueName,passwordCredentials,keyCredentials'

/** Graph may leave either end of a credential's life open. */
const LONG_AGO = new Date(0)
const NEVER = new Date('9999-12-31T23:59:59Z')

const applicationAnswer = z
  .object({
    id: idText,
    appId: idText,
    displayName: z.string().max(1024).nullish(),
    uniqueName: z.string().max(1024).nullish(),
    passwordCredentials: z
      .array(
        z.object({
          keyId: idText,
          displayName: z.string().max(1024).nullish(),
          startDateTime: isoDate.nullish(),
          endDateTime: isoDate.nullish(),
        }),
      )
      .max(1000)
      .default([]),
    keyCredentials: z
      .array(z.object({ keyId: idText, displayName: z.string().max(1024).nullish() }))
      .max(1000)
      .default([]),
  })
  .transform(
    ({ id, appId, displayName, uniqueName, passwordCredentials, keyCredentials }): Application => ({
      objectId: id,
      clientId: appId,
      displayName: displayName ?? '',
      uniqueName: uniqueName ?? null,
      passwordCredentials: passwordCredentials.map((credential) => ({
        keyId: credential.keyId,
        displayName: credential.displayName ?? null,
        startsAt: credential.startDateTime ?? LONG_AGO,
        endsAt: credential.endDateTime ?? NEVER,
      })),
      keyCredentials: keyCredentials.map(({ keyId, displayName: name }) => ({ keyId, displayName: name ?? null })),
    }),
  )

/** Calls on app registrations. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function applicationCalls(graph: JsonApi): ApplicationCalls {
  const get = async (key: string): Promise<Application | null> => {
    const call = {
      method: 'GET',
      path: `/v1.0/applications${key}?${SELECT}`,
      isRepeatable: true,
      right: GRAPH_RIGHTS.readApplication,
      answer: applicationAnswer,
    } as const
    const outcome = await graph.call(call)
    if (outcome.kind === 'done') return outcome.value
    if (isMissing(outcome.error)) return null
    throw graph.explain(call, outcome.error)
  }

  return {
    /** https://learn.microsoft.com/graph/api/application-get; right: `readApplication`. `uniqueName` cannot be filtered by, only be the key. */
    getApplicationByUniqueName: (uniqueName) => get(alternateKey('uniqueName', uniqueName)),

    /** https://learn.microsoft.com/graph/api/application-get; right: `readApplication`. */
    getApplicationByClientId: (clientId) => get(alternateKey('appId', clientId)),

    /**
     * https://learn.microsoft.com/graph/api/application-post-applications; right: `createApplication`. The owner is named
     * because the role covers owned applications only; the audience because its default may include personal accounts. A
     * deleted application keeps its unique name for 30 days. Also throws `outcome-unknown`.
     */
    createApplication: async ({ displayName, uniqueName, ownerObjectId }) => {
      const call = {
        method: 'POST',
        path: '/v1.0/applications',
        body: {
          displayName,
          uniqueName,
          signInAudience: 'AzureADMyOrg',
          'owners@odata.bind': [`${graph.origin}/v1.0/directoryObjects/${encodeURIComponent(ownerObjectId)}`],
        },
        isRepeatable: false,
        right: GRAPH_RIGHTS.createApplication,
        answer: applicationAnswer,
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return outcome.value
      if (isTaken(outcome.error)) return 'already-exists'
      throw graph.explain(call, outcome.error)
    },

    /**
     * https://learn.microsoft.com/graph/api/application-delete; right: `deleteApplication`. Its service principal goes with
     * it, and both can be restored for 30 days. Gone already is fine.
     */
    deleteApplication: async (objectId) => {
      const call = {
        method: 'DELETE',
        path: `/v1.0/applications/${encodeURIComponent(objectId)}`,
        isRepeatable: true,
        right: GRAPH_RIGHTS.deleteApplication,
        answer: z.unknown(),
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'refused' && !isMissing(outcome.error)) throw graph.explain(call, outcome.error)
    },
  }
}
