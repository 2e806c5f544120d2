import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { idText } from '../answer.ts'
import type { JsonApi } from '../json-api.ts'
import { listGraph } from './lists.ts'
import { GRAPH_RIGHTS } from './rights.ts'

export interface OwnershipCalls {
  /** Object ids of everybody who may change the application. */
  listOwnerIds(applicationObjectId: string): Promise<string[]>
  /** Whether a deleted application still keeps this unique name to itself; false also where Steward may not look. */
  findDeletedApplication(uniqueName: string): Promise<boolean>
}

const ownerAnswer = z.object({ id: idText })
const deletedAnswer = z.object({ uniqueName: z.string().max(1024).nullish() })

/** Whose an application is. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function ownershipCalls(graph: JsonApi): OwnershipCalls {
  return {
    /** https://learn.microsoft.com/graph/api/application-list-owners; right: `readApplication`. */
    listOwnerIds: async (applicationObjectId) => {
      const path = `/v1.0/applications/${encodeURIComponent(applicationObjectId)}/owners?$select=id`
      const ownerIds: string[] = []
      for await (const page of listGraph(graph, { path, right: GRAPH_RIGHTS.readApplication, item: ownerAnswer })) {
        ownerIds.push(...page.map(({ id }) => id))
      }
      return ownerIds
    },

    /**
     * https://learn.microsoft.com/graph/api/directory-deleteditems-list; right: `readDeletedApplications`. The name cannot be
     * filtered by. All that depends on the answer is how a taken name is explained, so a denial counts as no.
     */
    findDeletedApplication: async (uniqueName) => {
      const path = '/v1.0/directory/deletedItems/microsoft.graph.application?$select=id,uniqueName&$top=999'
      const query = { path, right: GRAPH_RIGHTS.readDeletedApplications, item: deletedAnswer }
      try {
        for await (const page of listGraph(graph, query)) {
          if (page.some((deleted) => deleted.uniqueName === uniqueName)) return true
        }
      } catch (error) {
        if (!(error instanceof StewardError) || error.code !== 'upstream-denied') throw error
      }
      return false
    },
  }
}
