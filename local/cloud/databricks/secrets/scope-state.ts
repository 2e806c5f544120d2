import { isSameName } from '../named-principals.ts'
import type { Workspace } from '../workspace-state.ts'
import type { AclPermission, SecretAcl, SecretScope } from './secret-scope.ts'

export function findScope(workspace: Workspace, name: string): SecretScope | undefined {
  return workspace.scopes.get(name.toLowerCase())
}

/** Replaces a scope of the same name. */
export function addScope(workspace: Workspace, scope: SecretScope): void {
  workspace.scopes.set(scope.name.toLowerCase(), scope)
}

/** What somebody was given, under a name that is its own. */
export function findAcl({ acls }: SecretScope, principal: string): SecretAcl | undefined {
  return acls.find((acl) => isSameName(acl.principal, principal))
}

/** Null takes what is there away. */
export function setAcl(scope: SecretScope, principal: string, permission: AclPermission | null): void {
  const others = scope.acls.filter((acl) => !isSameName(acl.principal, principal))
  scope.acls = permission === null ? others : [...others, { principal, permission }]
}
