import type { CloudResponse, Route } from '../../service.ts'
import { apiError, type DatabricksError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { findNamed } from '../named-principals.ts'
import { readBody, readQuery } from '../request-body.ts'
import { findScopeFor, toScopeUser } from './access.ts'
import { findAcl, setAcl } from './scope-state.ts'
import { aclQuery, putAclBody, scopeQuery } from './secret-requests.ts'
import type { SecretScope } from './secret-scope.ts'

const done: CloudResponse = { status: 200, body: {} }

/** Even reading who may do what takes MANAGE. */
function findManaged(call: WorkspaceCall, name: string): SecretScope {
  return findScopeFor('MANAGE', call.workspace, toScopeUser(call), name)
}

function aclNotFound(scope: SecretScope, principal: string): DatabricksError {
  return apiError(
    404,
    'RESOURCE_DOES_NOT_EXIST',
    `Failed to get secret acl for principal ${principal} for scope ${scope.name}.`,
  )
}

function put(call: WorkspaceCall): CloudResponse {
  const { scope: name, principal, permission } = readBody(call.request, putAclBody)
  const { workspace } = call
  const scope = findManaged(call, name)
  const found = findNamed(workspace, principal)
  if (found === undefined) throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Principal ${principal} does not exist.`)
  if (workspace.ignoredAclPuts > 0) workspace.ignoredAclPuts -= 1
  else setAcl(scope, found.name, permission)
  return done
}

function remove(call: WorkspaceCall): CloudResponse {
  const { scope: name, principal } = readBody(call.request, aclQuery)
  const scope = findManaged(call, name)
  if (findAcl(scope, principal) === undefined) throw aclNotFound(scope, principal)
  setAcl(scope, principal, null)
  return done
}

function get(call: WorkspaceCall): CloudResponse {
  const { scope: name, principal } = readQuery(call.request, aclQuery)
  const scope = findManaged(call, name)
  const acl = findAcl(scope, principal)
  if (acl === undefined) throw aclNotFound(scope, principal)
  return { status: 200, body: acl }
}

function list(call: WorkspaceCall): CloudResponse {
  const { acls } = findManaged(call, readQuery(call.request, scopeQuery).scope)
  return { status: 200, body: acls.length === 0 ? {} : { items: acls } }
}

export function createSecretAclRoutes(state: DatabricksState): readonly Route[] {
  const at = (call: string): RegExp => new RegExp(`^/api/2\\.0/secrets/acls/${call}$`)
  return [
    guardRoute(state, { name: 'secretAcls.put', method: 'POST', path: at('put') }, put),
    guardRoute(state, { name: 'secretAcls.delete', method: 'POST', path: at('delete') }, remove),
    guardRoute(state, { name: 'secretAcls.get', method: 'GET', path: at('get') }, get),
    guardRoute(state, { name: 'secretAcls.list', method: 'GET', path: at('list') }, list),
  ]
}
