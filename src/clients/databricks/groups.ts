import { z } from 'zod'
import { idText } from '../answer.ts'
import { demand, type JsonApi } from '../json-api.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'
import { filterEquals, listScim, patchCall } from './scim.ts'

interface WorkspaceGroup {
  readonly groupId: string
  readonly displayName: string
}

export interface GroupCalls {
  findGroup(displayName: string): Promise<WorkspaceGroup | null>
  addGroupMember(groupId: string, principalId: string): Promise<void>
}

const groupAnswer = z
  .object({ id: idText, displayName: z.string().max(1024) })
  .transform(({ id, displayName }): WorkspaceGroup => ({ groupId: id, displayName }))

/** Calls on a workspace's groups. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function groupCalls(workspace: JsonApi): GroupCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/groups/list; right: `readGroups`. Members are left out: a group may have thousands. */
    findGroup: async (displayName) => {
      const found = await listScim(workspace, {
        path: '/Groups',
        filter: filterEquals('displayName', displayName),
        projection: { attributes: 'id,displayName' },
        right: DATABRICKS_RIGHTS.readGroups,
        resource: groupAnswer,
      })
      // The filter does not mind upper and lower case, and names come back in another case at times.
      const isSame = (group: WorkspaceGroup): boolean => group.displayName.toLowerCase() === displayName.toLowerCase()
      return found.find((group) => group.displayName === displayName) ?? found.find(isSame) ?? null
    },

    /** https://docs.databricks.com/api/azure/workspace/groups/patch; right: `changeGroup`. A member already is no error. */
    addGroupMember: async (groupId, principalId) => {
      const call = patchCall(
        `/Groups/${encodeURIComponent(groupId)}`,
        [{ op: 'add', path: 'members', value: [{ value: principalId }] }],
        DATABRICKS_RIGHTS.changeGroup,
      )
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused' && outcome.error.status === 409) return
      demand(workspace, call, outcome)
    },
  }
}
