import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { idText } from '../answer.ts'
import type { JsonApi } from '../json-api.ts'
import { isMissing } from './errors.ts'
import { type GraphList, listGraph } from './lists.ts'
import { GRAPH_RIGHTS } from './rights.ts'

/** What can be restored. */
export interface DeletedItem {
  readonly objectId: string
  readonly clientId: string
}

export interface DeletedItemCalls {
  /** The deleted application that still keeps this unique name to itself; `denied` where Steward may not look. */
  findDeletedApplication(uniqueName: string): Promise<DeletedItem | 'denied' | null>
  /** The newest deleted service principal of an application; `denied` where Steward may not look. */
  findDeletedServicePrincipal(clientId: string): Promise<DeletedItem | 'denied' | null>
  restoreDeleted(objectId: string): Promise<'restored' | 'missing'>
}

const PATH = '/v1.0/directory/deletedItems'

const deletedApplication = z.object({ id: idText, appId: idText, uniqueName: z.string().max(1024).nullish() })
const deletedServicePrincipal = z.object({ id: idText, appId: idText, deletedDateTime: z.string().max(64).nullish() })

/** Calls on what was deleted less than 30 days ago. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function deletedItemCalls(graph: JsonApi): DeletedItemCalls {
  /** A refusal is a value: what comes after works without looking, if less well. */
  const listIfAllowed = async <T>(list: GraphList<T>): Promise<T[] | 'denied'> => {
    const items: T[] = []
    try {
      for await (const page of listGraph(graph, list)) items.push(...page)
    } catch (error) {
      if (error instanceof StewardError && error.code === 'upstream-denied') return 'denied'
      throw error
    }
    return items
  }

  return {
    /** https://learn.microsoft.com/graph/api/directory-deleteditems-list; right: `readDeletedApplications`. The name cannot be filtered by. */
    findDeletedApplication: async (uniqueName) => {
      const deleted = await listIfAllowed({
        path: `${PATH}/microsoft.graph.application?$select=id,appId,uniqueName&$top=999`,
        right: GRAPH_RIGHTS.readDeletedApplications,
        item: deletedApplication,
      })
      if (deleted === 'denied') return 'denied'
      const found = deleted.find((application) => application.uniqueName === uniqueName)
      return found ? { objectId: found.id, clientId: found.appId } : null
    },

    /** https://learn.microsoft.com/graph/api/directory-deleteditems-list; right: `readDeletedServicePrincipals`. */
    findDeletedServicePrincipal: async (clientId) => {
      const filter = encodeURIComponent(`appId eq '${clientId.replaceAll("'", "''")}'`)
      const deleted = await listIfAllowed({
        path: `${PATH}/microsoft.graph.servicePrincipal?$filter=${filter}&$select=id,appId,deletedDateTime`,
        right: GRAPH_RIGHTS.readDeletedServicePrincipals,
        item: deletedServicePrincipal,
      })
      if (deleted === 'denied') return 'denied'
      const [found] = deleted
        .filter(({ appId }) => appId.toLowerCase() === clientId.toLowerCase())
        .toSorted((a, b) => (b.deletedDateTime ?? '').localeCompare(a.deletedDateTime ?? ''))
      return found ? { objectId: found.id, clientId: found.appId } : null
    },

    /**
     * https://learn.microsoft.com/graph/api/directory-deleteditems-restore; right: `restoreDeleted`. An application's service
     * principal may or may not come back with it; else it is restored by itself, after the application. `missing` also
     * when a repetition finds that the first one did it.
     */
    restoreDeleted: async (objectId) => {
      const call = {
        method: 'POST',
        path: `${PATH}/${encodeURIComponent(objectId)}/restore`,
        isRepeatable: true,
        right: GRAPH_RIGHTS.restoreDeleted,
        answer: z.unknown(),
      } as const
      const outcome = await graph.call(call)
      if (outcome.kind === 'done') return 'restored'
      if (isMissing(outcome.error)) return 'missing'
      throw graph.explain(call, outcome.error)
    },
  }
}
