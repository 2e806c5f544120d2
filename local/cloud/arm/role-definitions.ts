import type { CloudResponse, Route } from '../service.ts'
import { builtInRoles, type RoleDefinition } from './built-in-roles.ts'
import { ArmError, roleDefinitionDoesNotExist } from './errors.ts'
import { requireScope } from './existence.ts'
import { type ArmCall, type ArmState, authorize, guardRoute } from './guard.ts'
import { renderPage } from './paging.ts'

const TYPE = 'Microsoft.Authorization/roleDefinitions'

/** When the built-in roles came to be does not matter here. */
const CREATED = '2015-02-02T21:55:09.880Z'

function render({ id, roleName, description, permission }: RoleDefinition, scope: string): Record<string, unknown> {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
  return {
    properties: {
      roleName,
      type: 'BuiltInRole',
      description,
      assignableScopes: ['/'],
      permissions: [permission],
      createdOn: CREATED,
      updatedOn: CREATED,
      createdBy: null,
      updatedBy: null,
    },
    id: `${subscription}/providers/${TYPE}/${id}`,
    type: TYPE,
    name: id,
  }
}

function requireReadable(state: ArmState, call: ArmCall): void {
  const scope = `${call.scope === '/' ? '' : call.scope}/providers/Microsoft.Authorization`
  authorize(state, call, { action: `${TYPE}/read`, scope })
  requireScope(state.world.settings, call.scope)
}

function list(state: ArmState, call: ArmCall): CloudResponse {
  requireReadable(state, call)
  const filter = call.request.url.searchParams.get('$filter')
  const roles = builtInRoles.filter(readFilter(filter)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return renderPage(
    call.request,
    roles,
    ({ id }) => id,
    (role) => render(role, call.scope),
  )
}

/** All roles here are built in, and can be assigned everywhere. */
function readFilter(filter: string | null): (role: RoleDefinition) => boolean {
  if (filter === null || /^(?:atScopeAndBelow\(\)|type eq 'BuiltInRole')$/i.test(filter)) return () => true
  const name = /^roleName eq '(?<name>(?:[^']|'')*)'$/i.exec(filter)?.groups?.['name']?.replaceAll("''", "'")
  if (name !== undefined) return ({ roleName }) => roleName.toLowerCase() === name.toLowerCase()
  throw new ArmError(400, 'UnsupportedFilterInQuery', `The filter '${filter}' is not supported.`)
}

function get(state: ArmState, call: ArmCall): CloudResponse {
  requireReadable(state, call)
  const roleId = call.request.params['roleId'] ?? ''
  const role = builtInRoles.find(({ id }) => id === roleId.toLowerCase())
  if (role === undefined) throw roleDefinitionDoesNotExist(404, roleId)
  return { status: 200, body: render(role, call.scope) }
}

export function createRoleDefinitionRoutes(state: ArmState): readonly Route[] {
  const all = /^(?<scope>(?:\/[^/]+)*)\/providers\/Microsoft\.Authorization\/roleDefinitions$/i
  const one = /^(?<scope>(?:\/[^/]+)*)\/providers\/Microsoft\.Authorization\/roleDefinitions\/(?<roleId>[^/]+)$/i
  return [
    guardRoute(state, { name: 'roleDefinitions.list', method: 'GET', path: all }, TYPE, (call) => list(state, call)),
    guardRoute(state, { name: 'roleDefinitions.get', method: 'GET', path: one }, TYPE, (call) => get(state, call)),
  ]
}
