import { randomUUID } from 'node:crypto'
import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import { invalidValue, scimError } from './errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from './guard.ts'
import { checkGroupsExist, leaveAllGroups, listGroupIdsOf, setGroupsOf } from './memberships.ts'
import {
  checkEntitlements,
  checkExternalId,
  checkSchema,
  parseResource,
  readJson,
  servicePrincipalBody,
} from './scim/body.ts'
import { renderList } from './scim/list.ts'
import { applyPatch } from './scim/patch.ts'
import { projectResource } from './scim/projection.ts'
import { reduceForNonAdmins, renderPrincipal, respondScim, SERVICE_PRINCIPAL_SCHEMA } from './scim/render.ts'
import { newId, type ServicePrincipal, type Workspace } from './workspace-state.ts'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const filterable = ['id', 'applicationId', 'displayName', 'active']

type Body = ReturnType<typeof parseBody>

function parseBody(request: CloudRequest) {
  const body = parseResource(servicePrincipalBody, readJson(request))
  checkSchema(body.schemas, SERVICE_PRINCIPAL_SCHEMA)
  return body
}

function requireAdmin({ caller }: WorkspaceCall): void {
  if (!caller.isAdmin) throw scimError(403, 'Only workspace admins can manage service principals.')
}

function notFound(id: string): Error {
  return scimError(404, `Service principal with id ${id} is not found`)
}

/** Writers see what is known, replicated or not. */
function findForWrite({ request, workspace }: WorkspaceCall): ServicePrincipal {
  const id = request.params['id'] ?? ''
  const principal = workspace.principals.getLatest(id)
  if (principal === undefined) throw notFound(id)
  return principal
}

function findByApplicationId(workspace: Workspace, applicationId: string): ServicePrincipal | undefined {
  const wanted = applicationId.toLowerCase()
  return workspace.principals.latestValues().find((other) => other.applicationId?.toLowerCase() === wanted)
}

function checkNew(workspace: Workspace, applicationId: string): void {
  if (!GUID.test(applicationId)) throw invalidValue(`applicationId ${applicationId} is not a valid UUID`)
  if (findByApplicationId(workspace, applicationId) === undefined) return
  throw scimError(
    409,
    workspace.conflictText === 'email'
      ? `User with email ${applicationId} already exists in this account`
      : `Service principal with application ID ${applicationId} already exists.`,
  )
}

/** Stores a principal and its groups and answers it as it now is. */
function store(
  workspace: Workspace,
  principal: ServicePrincipal,
  groupIds: readonly string[],
  status: number,
): CloudResponse {
  checkEntitlements(principal.entitlements)
  checkExternalId(principal.externalId)
  checkGroupsExist(workspace, groupIds)
  workspace.principals.set(principal.id, principal)
  setGroupsOf(workspace, principal.id, groupIds)
  return respondScim(status, renderPrincipal(principal, workspace.groups.latestValues()))
}

function fromBody(body: Body, id: string, applicationId: string | null): ServicePrincipal {
  return {
    id,
    applicationId,
    displayName: body.displayName ?? applicationId ?? '',
    active: body.active ?? true,
    externalId: body.externalId ?? null,
    entitlements: [...new Set(body.entitlements)],
    roles: [...new Set(body.roles)],
  }
}

function create(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const { request, workspace } = call
  const body = parseBody(request)
  // Whether the tenant has such an application is not looked up: a wrong id is taken as readily as a right one.
  if (body.applicationId != null) checkNew(workspace, body.applicationId)
  return store(workspace, fromBody(body, newId(), body.applicationId ?? randomUUID()), body.groups ?? [], 201)
}

function replace(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const { request, workspace } = call
  const current = findForWrite(call)
  const body = parseBody(request)
  const { applicationId } = body
  if (applicationId != null && applicationId.toLowerCase() !== (current.applicationId ?? applicationId).toLowerCase()) {
    throw scimError(400, 'applicationId cannot be changed', 'mutability')
  }
  const replacement = fromBody(body, current.id, current.applicationId ?? applicationId ?? null)
  return store(workspace, replacement, body.groups ?? [], 200)
}

function patch(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const { request, workspace } = call
  const current = findForWrite(call)
  const { scalars, lists } = applyPatch(
    {
      scalars: { displayName: current.displayName, active: current.active, externalId: current.externalId },
      lists: {
        entitlements: current.entitlements,
        roles: current.roles,
        groups: listGroupIdsOf(workspace.groups.latestValues(), current.id),
      },
    },
    readJson(request),
  )
  const patched: ServicePrincipal = {
    ...current,
    displayName: String(scalars['displayName'] ?? current.applicationId ?? ''),
    active: scalars['active'] === true,
    externalId: typeof scalars['externalId'] === 'string' ? scalars['externalId'] : null,
    entitlements: lists['entitlements'] ?? [],
    roles: lists['roles'] ?? [],
  }
  return store(workspace, patched, lists['groups'] ?? [], 200)
}

/** Its tokens go with it, at once. */
function remove(call: WorkspaceCall, now: number): CloudResponse {
  requireAdmin(call)
  const principal = findForWrite(call)
  call.workspace.principals.delete(principal.id)
  leaveAllGroups(call.workspace, principal.id)
  call.workspace.tokens.revokeAllOf(principal.id, now)
  return { status: 204 }
}

function get({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const id = request.params['id'] ?? ''
  const principal = workspace.principals.get(id)
  if (principal === undefined) throw notFound(id)
  const resource = renderPrincipal(principal, workspace.groups.values())
  const shown = caller.isAdmin ? resource : reduceForNonAdmins(resource)
  return respondScim(200, projectResource(shown, request.url.searchParams))
}

function list({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const groups = workspace.groups.values()
  const resources = workspace.principals.values().map((principal) => renderPrincipal(principal, groups))
  return renderList(request, resources, filterable, caller.isAdmin ? undefined : reduceForNonAdmins)
}

export function createServicePrincipalRoutes(state: DatabricksState): readonly Route[] {
  const all = /^\/api\/2\.0\/preview\/scim\/v2\/ServicePrincipals$/
  const one = /^\/api\/2\.0\/preview\/scim\/v2\/ServicePrincipals\/(?<id>[^/]+)$/
  return [
    guardRoute(state, { name: 'servicePrincipals.create', method: 'POST', path: all }, create),
    guardRoute(state, { name: 'servicePrincipals.list', method: 'GET', path: all }, list),
    guardRoute(state, { name: 'servicePrincipals.get', method: 'GET', path: one }, get),
    guardRoute(state, { name: 'servicePrincipals.replace', method: 'PUT', path: one }, replace),
    guardRoute(state, { name: 'servicePrincipals.patch', method: 'PATCH', path: one }, patch),
    guardRoute(state, { name: 'servicePrincipals.delete', method: 'DELETE', path: one }, (call) =>
      remove(call, state.world.clock.now()),
    ),
  ]
}
