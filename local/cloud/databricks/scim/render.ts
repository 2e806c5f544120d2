import type { CloudResponse } from '../../service.ts'
import { describeMember } from '../memberships.ts'
import type { Group, ServicePrincipal, Workspace } from '../workspace-state.ts'

export const SERVICE_PRINCIPAL_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

type Resource = Readonly<Record<string, unknown>>

/** Empty lists and missing values are left out, not shown empty. */
function omitEmpty(resource: Resource): Resource {
  return Object.fromEntries(
    Object.entries(resource).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  )
}

const wrap = (values: readonly string[]): readonly Resource[] => values.map((value) => ({ value }))

/** The groups, among those given, that a member is directly in. */
export function renderGroupsOf(groups: readonly Group[], memberId: string): readonly Resource[] {
  return groups
    .filter(({ members }) => members.includes(memberId))
    .map(({ id, displayName }) => ({ display: displayName, type: 'direct', value: id, $ref: `Groups/${id}` }))
}

export function renderPrincipal(principal: ServicePrincipal, groups: readonly Group[]): Resource {
  return omitEmpty({
    schemas: [SERVICE_PRINCIPAL_SCHEMA],
    id: principal.id,
    applicationId: principal.applicationId,
    displayName: principal.displayName,
    active: principal.active,
    externalId: principal.externalId,
    entitlements: wrap(principal.entitlements),
    roles: wrap(principal.roles),
    groups: renderGroupsOf(groups, principal.id),
  })
}

export function renderGroup(workspace: Workspace, group: Group, groups: readonly Group[]): Resource {
  return omitEmpty({
    schemas: [GROUP_SCHEMA],
    id: group.id,
    displayName: group.displayName,
    externalId: group.externalId,
    meta: { resourceType: 'WorkspaceGroup' },
    entitlements: wrap(group.entitlements),
    roles: wrap(group.roles),
    groups: renderGroupsOf(groups, group.id),
    members: group.members.map((id) => {
      const member = describeMember(workspace, id)
      return member === null
        ? { value: id }
        : { display: member.display, type: 'direct', value: id, $ref: `${member.collection}/${id}` }
    }),
  })
}

/** What callers who are no admins see of a resource. */
export function reduceForNonAdmins(resource: Resource): Resource {
  const shown = ['schemas', 'id', 'applicationId', 'displayName', 'active', 'meta']
  return Object.fromEntries(Object.entries(resource).filter(([name]) => shown.includes(name)))
}

export function respondScim(status: number, body: Resource): CloudResponse {
  return { status, headers: { 'Content-Type': 'application/scim+json' }, body }
}
