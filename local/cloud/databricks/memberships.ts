import { invalidValue } from './errors.ts'
import { type Group, USERS, type Workspace } from './workspace-state.ts'

/** Makes exactly these the groups of a member; the group of all users cannot be left. */
export function setGroupsOf(workspace: Workspace, memberId: string, groupIds: readonly string[]): void {
  for (const group of workspace.groups.latestValues()) {
    const wanted = groupIds.includes(group.id) || group.displayName === USERS
    const others = group.members.filter((member) => member !== memberId)
    if (wanted !== group.members.includes(memberId)) {
      workspace.groups.set(group.id, { ...group, members: wanted ? [...others, memberId] : others })
    }
  }
}

export function leaveAllGroups(workspace: Workspace, memberId: string): void {
  for (const group of workspace.groups.latestValues()) {
    if (!group.members.includes(memberId)) continue
    workspace.groups.set(group.id, { ...group, members: group.members.filter((member) => member !== memberId) })
  }
}

export function listGroupIdsOf(groups: readonly Group[], memberId: string): readonly string[] {
  return groups.filter(({ members }) => members.includes(memberId)).map(({ id }) => id)
}

export function checkGroupsExist(workspace: Workspace, groupIds: readonly string[]): void {
  const unknown = groupIds.find((id) => workspace.groups.getLatest(id) === undefined)
  if (unknown !== undefined) throw invalidValue(`Group with id ${unknown} is not found`)
}

export function checkMembersExist(workspace: Workspace, members: readonly string[]): void {
  const unknown = members.find((id) => describeMember(workspace, id) === null)
  if (unknown !== undefined) throw invalidValue(`Principal with id ${unknown} is not found`)
}

/** A member's display name and the collection it lives in, or null when nothing has that id. */
export function describeMember(workspace: Workspace, id: string): { display: string; collection: string } | null {
  const principal = workspace.principals.getLatest(id)
  if (principal !== undefined) return { display: principal.displayName, collection: 'ServicePrincipals' }
  const group = workspace.groups.getLatest(id)
  if (group !== undefined) return { display: group.displayName, collection: 'Groups' }
  const user = workspace.users.get(id)
  return user === undefined ? null : { display: user.displayName, collection: 'Users' }
}
