import { z } from 'zod'
import { idText } from '../answer.ts'
import type { JsonApi } from '../json-api.ts'
import { listGraph } from './lists.ts'
import { GRAPH_RIGHTS } from './rights.ts'

export interface OwnershipCalls {
  /** Object ids of everybody who may change the application. */
  listOwnerIds(applicationObjectId: string): Promise<string[]>
}

const ownerAnswer = z.object({ id: idText })

/** Who may change an application. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
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
  }
}
