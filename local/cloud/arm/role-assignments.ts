import { isThere } from '../entra/directory.ts'
import type { CloudResponse, Route } from '../service.ts'
import { findRole } from './built-in-roles.ts'
import type { AssignmentAttributes } from './conditions.ts'
import { ArmError, principalNotFound, roleAssignmentNotFound, roleDefinitionDoesNotExist } from './errors.ts'
import { requireScope } from './existence.ts'
import { type ArmCall, type ArmState, authorize, guardRoute } from './guard.ts'
import { renderPage } from './paging.ts'
import type { RoleAssignment } from './rbac.ts'
import { type RequestedAssignment, readAssignment, readName } from './role-assignment-body.ts'
import { filterAssignments } from './role-assignment-filter.ts'
import { isSameScope } from './scopes.ts'

const TYPE = 'Microsoft.Authorization/roleAssignments'

function idOf(scope: string, name: string): string {
  return `${scope === '/' ? '' : scope}/providers/${TYPE}/${name}`
}

function render({ world: { settings } }: ArmState, assignment: RoleAssignment): Record<string, unknown> {
  const { name, scope, roleId, condition, createdAt, updatedAt } = assignment
  return {
    properties: {
      roleDefinitionId: `/subscriptions/${settings.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      createdOn: new Date(createdAt).toISOString(),
      updatedOn: new Date(updatedAt).toISOString(),
      createdBy: assignment.createdBy,
      updatedBy: assignment.updatedBy,
      delegatedManagedIdentityResourceId: null,
      description: assignment.description,
    },
    id: idOf(scope, name),
    type: TYPE,
    name,
  }
}

/** One that exists, but at another scope, is not found at this one. */
function findAt(state: ArmState, scope: string, name: string): RoleAssignment | undefined {
  const found = state.world.rbac.assignments.get(name)
  return found && isSameScope(found.scope, scope) ? found : undefined
}

function attributesOf({ roleId, principalId, principalType }: RequestedAssignment): AssignmentAttributes {
  return { roleDefinitionId: roleId, principalId, principalType }
}

function list(state: ArmState, call: ArmCall): CloudResponse {
  const { request, scope } = call
  authorize(state, call, {
    action: `${TYPE}/read`,
    scope: `${scope === '/' ? '' : scope}/providers/${TYPE.split('/')[0]}`,
  })
  requireScope(state.world.settings, scope)
  const all = [...state.world.rbac.assignments.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return renderPage(
    request,
    filterAssignments(all, scope, request.url.searchParams.get('$filter')),
    ({ name }) => name,
    (assignment) => render(state, assignment),
  )
}

function get(state: ArmState, call: ArmCall): CloudResponse {
  const { request, scope } = call
  const name = readName(request.params['name'] ?? '')
  authorize(state, call, { action: `${TYPE}/read`, scope: idOf(scope, name) })
  requireScope(state.world.settings, scope)
  const found = findAt(state, scope, name)
  if (found === undefined) throw roleAssignmentNotFound(name)
  return { status: 200, body: render(state, found) }
}

function create(state: ArmState, call: ArmCall): CloudResponse {
  const { request, scope, claims, now } = call
  const { rbac, settings } = state.world
  const name = readName(request.params['name'] ?? '')
  const wanted = readAssignment(request.body)
  const { roleId, principalId, principalType } = wanted
  authorize(state, call, { action: `${TYPE}/write`, scope: idOf(scope, name), request: attributesOf(wanted) })
  requireScope(settings, scope)
  if (findRole(roleId) === undefined) throw roleDefinitionDoesNotExist(400, roleId)
  requirePrincipal(state, wanted, now)

  const isSame = (other: RoleAssignment): boolean =>
    isSameScope(other.scope, scope) && other.roleId === roleId && other.principalId === principalId
  const named = rbac.assignments.get(name)
  if (named !== undefined && !isSame(named)) {
    throw new ArmError(
      400,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    )
  }
  const twin = [...rbac.assignments.values()].find((other) => other.name !== name && isSame(other))
  const changesNothing = named?.description === wanted.description && named.condition === wanted.condition
  if (twin !== undefined || (changesNothing && state.repeatedCreate === 'conflict')) {
    throw new ArmError(409, 'RoleAssignmentExists', 'The role assignment already exists.')
  }
  if (named !== undefined && changesNothing) return { status: 200, body: render(state, named) }
  const assignment = rbac.assign({
    ...wanted,
    name,
    scope: named?.scope ?? scope,
    principalType: named?.principalType ?? principalType ?? 'ServicePrincipal',
    createdAt: named?.createdAt ?? now,
    updatedAt: now,
    createdBy: named?.createdBy ?? claims.oid,
    updatedBy: claims.oid,
  })
  if (named !== undefined) return { status: 200, body: render(state, assignment) }
  // The service says who made it only when it is asked again.
  return { status: 201, body: render(state, { ...assignment, createdBy: null }) }
}

/** The directory is asked only where the type is not said; else no more than the arranged lag is in the way. */
function requirePrincipal(
  { world: { directory, settings }, lag }: ArmState,
  { principalId, principalType }: RequestedAssignment,
  now: number,
): void {
  const principal = directory.servicePrincipals.get(principalId)
  const isKnown =
    principal !== undefined &&
    principal.createdAt + lag.principalMs <= now &&
    (principalType === null ? isThere(principal, now) : principal.deletedAt === null)
  if (!isKnown) throw principalNotFound(principalId, settings.tenantId)
  if (principalType !== null && principalType !== 'ServicePrincipal') {
    throw new ArmError(
      400,
      'UnmatchedPrincipalType',
      `The PrincipalId '${principalId.replaceAll('-', '')}' has type 'ServicePrincipal' , which is different from specified PrinciaplType '${principalType}'.`,
    )
  }
}

function remove(state: ArmState, call: ArmCall): CloudResponse {
  const { request, scope } = call
  const name = readName(request.params['name'] ?? '')
  const found = findAt(state, scope, name)
  const target = idOf(scope, name)
  // Where nothing is no condition can be judged: whoever may read is told that nothing is there.
  if (found === undefined) authorize(state, call, { action: `${TYPE}/read`, scope: target })
  else authorize(state, call, { action: `${TYPE}/delete`, scope: target, resource: attributesOf(found) })
  requireScope(state.world.settings, scope)
  if (found === undefined) return { status: 204 }
  state.world.rbac.unassign(name)
  return { status: 200, body: render(state, found) }
}

export function createRoleAssignmentRoutes(state: ArmState): readonly Route[] {
  const all = /^(?<scope>(?:\/[^/]+)*)\/providers\/Microsoft\.Authorization\/roleAssignments$/i
  const one = /^(?<scope>(?:\/[^/]+)*)\/providers\/Microsoft\.Authorization\/roleAssignments\/(?<name>[^/]+)$/i
  const route = (
    verb: string,
    method: string,
    path: RegExp,
    handle: (state: ArmState, call: ArmCall) => CloudResponse,
  ) => guardRoute(state, { name: `roleAssignments.${verb}`, method, path }, TYPE, (call) => handle(state, call))
  return [
    route('list', 'GET', all, list),
    route('get', 'GET', one, get),
    route('create', 'PUT', one, create),
    route('delete', 'DELETE', one, remove),
  ]
}
