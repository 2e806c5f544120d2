import { apiError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { isSameName, listGroupNamesOf } from '../named-principals.ts'
import { ADMINS, type Workspace } from '../workspace-state.ts'
import { findScope } from './scope-state.ts'
import { type AclPermission, aclPermissions, type SecretScope } from './secret-scope.ts'

/** Whoever wants to do something with a scope: a caller, or whom a cluster runs as. */
export interface ScopeUser {
  /** Application id of a service principal, name of a user. */
  readonly name: string
  readonly isAdmin: boolean
}

export function toScopeUser({ caller }: WorkspaceCall): ScopeUser {
  return { name: caller.principal?.applicationId ?? caller.clientId, isAdmin: caller.isAdmin }
}

/** Somebody as the workspace's own groups have it, whoever calls. */
export function describeScopeUser(workspace: Workspace, name: string): ScopeUser {
  return { name, isAdmin: listGroupNamesOf(workspace, name).includes(ADMINS) }
}

function isAllowed(workspace: Workspace, scope: SecretScope, user: ScopeUser, wanted: AclPermission): boolean {
  if (user.isAdmin) return true
  const names = [user.name, ...listGroupNamesOf(workspace, user.name)]
  return scope.acls.some(
    ({ principal, permission }) =>
      names.some((name) => isSameName(name, principal)) &&
      aclPermissions.indexOf(permission) >= aclPermissions.indexOf(wanted),
  )
}

/** The scope, for who may do this with it. Names are no secret: one that is not there is called so first. */
export function findScopeFor(
  permission: AclPermission,
  workspace: Workspace,
  user: ScopeUser,
  name: string,
): SecretScope {
  const scope = findScope(workspace, name)
  if (scope === undefined) throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Scope ${name} does not exist!`)
  if (isAllowed(workspace, scope, user, permission)) return scope
  throw apiError(
    403,
    'PERMISSION_DENIED',
    `User ${user.name} does not have ${permission} permission on scope ${scope.name}.`,
  )
}
