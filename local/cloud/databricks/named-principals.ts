import type { PrincipalKind } from './permissions/grant.ts'
import type { Workspace } from './workspace-state.ts'

/** Whom rights are given to, as the APIs of rights name it. */
export interface NamedPrincipal {
  readonly kind: PrincipalKind
  readonly id: string
  /** Application id of a service principal, name of a user or group. */
  readonly name: string
  readonly displayName: string
}

/** Everybody whom the workspace knows by now: what is written and not replicated yet is not there. */
function listNamed(workspace: Workspace): readonly NamedPrincipal[] {
  const named: NamedPrincipal[] = []
  for (const { id, applicationId, displayName } of workspace.principals.values()) {
    if (applicationId !== null) named.push({ kind: 'service-principal', id, name: applicationId, displayName })
  }
  for (const { id, displayName } of workspace.users.values()) {
    named.push({ kind: 'user', id, name: displayName, displayName })
  }
  for (const { id, displayName } of workspace.groups.values()) {
    named.push({ kind: 'group', id, name: displayName, displayName })
  }
  return named
}

/** Names compare without regard to case. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** Of any kind where none is given. */
export function findNamed(
  workspace: Workspace,
  name: string,
  kind: PrincipalKind | null = null,
): NamedPrincipal | undefined {
  return listNamed(workspace).find((each) => isSameName(each.name, name) && (kind === null || each.kind === kind))
}

/** Names of the groups that somebody is in, those of groups in groups included. */
export function listGroupNamesOf(workspace: Workspace, name: string): readonly string[] {
  const found = findNamed(workspace, name)
  if (found === undefined) return []
  const groups = workspace.groups.values()
  const known = new Set<string>()
  const names: string[] = []
  const climb = (memberId: string): void => {
    for (const { id, displayName, members } of groups) {
      if (known.has(id) || !members.includes(memberId)) continue
      known.add(id)
      names.push(displayName)
      climb(id)
    }
  }
  climb(found.id)
  return names
}
