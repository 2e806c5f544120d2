import type { CloudResponse, Route } from '../service.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from './guard.ts'
import { projectResource } from './scim/projection.ts'
import { renderGroupsOf, respondScim } from './scim/render.ts'

const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Callers without a principal of their own still have one id, always the same. */
function standInId(clientId: string): string {
  return BigInt(`0x${clientId.replaceAll('-', '').slice(0, 15)}`).toString()
}

function getMe({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const { principal, clientId } = caller
  const userName = principal?.applicationId ?? clientId
  const id = principal?.id ?? standInId(clientId)
  const groups = renderGroupsOf(workspace.groups.values(), id)
  const entitlements = principal?.entitlements.map((value) => ({ value })) ?? []
  const resource = {
    schemas: [USER_SCHEMA],
    id,
    userName,
    displayName: principal?.displayName ?? clientId,
    active: true,
    emails: [{ type: 'work', value: userName, primary: true }],
    ...(groups.length === 0 ? {} : { groups }),
    ...(entitlements.length === 0 ? {} : { entitlements }),
  }
  return respondScim(200, projectResource(resource, request.url.searchParams))
}

export function createMeRoutes(state: DatabricksState): readonly Route[] {
  return [guardRoute(state, { name: 'me.get', method: 'GET', path: /^\/api\/2\.0\/preview\/scim\/v2\/Me$/ }, getMe)]
}
