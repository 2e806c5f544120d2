import { z } from 'zod'
import { idText } from '../answer.ts'
import type { JsonApi } from '../json-api.ts'
import { isApplicationNotReplicated, isMissing, isTaken } from './errors.ts'
import { alternateKey } from './key.ts'
import { GRAPH_RIGHTS } from './rights.ts'

export interface ServicePrincipal {
  readonly objectId: string
  readonly clientId: string
  readonly displayName: string
}

export interface ServicePrincipalCalls {
  getServicePrincipal(clientId: string): Promise<ServicePrincipal | null>
  createServicePrincipal(clientId: string): Promise<ServicePrincipal | 'already-exists' | 'application-not-replicated'>
}

const servicePrincipalAnswer = z
  .object({ id: idText, appId: idText, displayName: z.string().max(1024).nullish() })
  .transform(
    ({ id, appId, displayName }): ServicePrincipal => ({
      objectId: id,
      clientId: appId,
      displayName: displayName ?? '',
    }),
  )

/** Calls on service principals. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function servicePrincipalCalls(graph: JsonApi): ServicePrincipalCalls {
  return {
    /** https://learn.microsoft.com/graph/api/serviceprincipal-get; right: `readServicePrincipal`. */
    getServicePrincipal: async (clientId) => {
      const call = {
        method: 'GET',
        path: `/v1.0/servicePrincipals${alternateKey('appId', clientId)}?$select=id,appId,displayName`,
        isRepeatable: true,
        right: GRAPH_RIGHTS.readServicePrincipal,
        answer: servicePrincipalAnswer,
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return outcome.value
      if (isMissing(outcome.error)) return null
      throw graph.explain(call, outcome.error)
    },

    /** https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals; right: `createServicePrincipal`. Also throws `outcome-unknown`. */
    createServicePrincipal: async (clientId) => {
      const call = {
        method: 'POST',
        path: '/v1.0/servicePrincipals',
        body: { appId: clientId },
        isRepeatable: false,
        right: GRAPH_RIGHTS.createServicePrincipal,
        answer: servicePrincipalAnswer,
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return outcome.value
      if (isTaken(outcome.error)) return 'already-exists'
      if (isApplicationNotReplicated(outcome.error)) return 'application-not-replicated'
      throw graph.explain(call, outcome.error)
    },
  }
}
