import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import { schemaViolation, scimError } from './errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from './guard.ts'
import { checkMembersExist, leaveAllGroups } from './memberships.ts'
import { checkEntitlements, checkExternalId, checkSchema, groupBody, parseResource, readJson } from './scim/body.ts'
import { renderList } from './scim/list.ts'
import { applyPatch } from './scim/patch.ts'
import { projectResource } from './scim/projection.ts'
import { GROUP_SCHEMA, reduceForNonAdmins, renderGroup, respondScim } from './scim/render.ts'
import { ADMINS, findGroupByName, type Group, newId, USERS, type Workspace } from './workspace-state.ts'

type Body = ReturnType<typeof parseBody>

function parseBody(request: CloudRequest) {
  const body = parseResource(groupBody, readJson(request))
  checkSchema(body.schemas, GROUP_SCHEMA)
  return body
}

function requireAdmin({ caller }: WorkspaceCall): void {
  if (!caller.isAdmin) throw scimError(403, 'Only workspace admins can manage groups.')
}

function notFound(id: string): Error {
  return scimError(404, `Group with id ${id} is not found`)
}

function findForWrite({ request, workspace }: WorkspaceCall): Group {
  const id = request.params['id'] ?? ''
  const group = workspace.groups.getLatest(id)
  if (group === undefined) throw notFound(id)
  return group
}

function store(workspace: Workspace, group: Group, before: Group | null, status: number): CloudResponse {
  checkEntitlements(group.entitlements)
  checkExternalId(group.externalId)
  checkMembersExist(
    workspace,
    group.members.filter((member) => before?.members.includes(member) !== true),
  )
  const namesake = findGroupByName(workspace, group.displayName)
  if (namesake !== undefined && namesake.id !== group.id) {
    throw scimError(409, `Group with name ${group.displayName} already exists.`)
  }
  const renamed = before !== null && before.displayName !== group.displayName
  if (renamed && [ADMINS, USERS].includes(before.displayName)) {
    throw scimError(403, `The group ${before.displayName} cannot be renamed.`)
  }
  // Every principal of the workspace is in `users`, whatever is written.
  const members = group.displayName === USERS ? (before?.members ?? []) : group.members
  workspace.groups.set(group.id, { ...group, members })
  return respondScim(status, renderGroup(workspace, { ...group, members }, workspace.groups.latestValues()))
}

function fromBody(body: Body, id: string, displayName: string): Group {
  return {
    id,
    displayName,
    externalId: body.externalId ?? null,
    entitlements: [...new Set(body.entitlements)],
    roles: [...new Set(body.roles)],
    members: [...new Set(body.members)],
  }
}

function create(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const body = parseBody(call.request)
  if (body.displayName == null || body.displayName === '') throw schemaViolation('displayName is required')
  return store(call.workspace, fromBody(body, newId(), body.displayName), null, 201)
}

function replace(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const current = findForWrite(call)
  const body = parseBody(call.request)
  return store(call.workspace, fromBody(body, current.id, body.displayName ?? current.displayName), current, 200)
}

function patch(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const current = findForWrite(call)
  const { scalars, lists } = applyPatch(
    {
      scalars: { displayName: current.displayName, externalId: current.externalId },
      lists: { entitlements: current.entitlements, roles: current.roles, members: current.members },
    },
    readJson(call.request),
  )
  const patched: Group = {
    ...current,
    displayName: String(scalars['displayName'] ?? current.displayName),
    externalId: typeof scalars['externalId'] === 'string' ? scalars['externalId'] : null,
    entitlements: lists['entitlements'] ?? [],
    roles: lists['roles'] ?? [],
    members: lists['members'] ?? [],
  }
  return store(call.workspace, patched, current, 200)
}

function remove(call: WorkspaceCall): CloudResponse {
  requireAdmin(call)
  const group = findForWrite(call)
  if ([ADMINS, USERS].includes(group.displayName)) {
    throw scimError(403, `The group ${group.displayName} cannot be deleted.`)
  }
  call.workspace.groups.delete(group.id)
  leaveAllGroups(call.workspace, group.id)
  return { status: 204 }
}

function get({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const id = request.params['id'] ?? ''
  const group = workspace.groups.get(id)
  if (group === undefined) throw notFound(id)
  const resource = renderGroup(workspace, group, workspace.groups.values())
  const shown = caller.isAdmin ? resource : reduceForNonAdmins(resource)
  return respondScim(200, projectResource(shown, request.url.searchParams))
}

function list({ request, workspace, caller }: WorkspaceCall): CloudResponse {
  const groups = workspace.groups.values()
  const resources = groups.map((group) => renderGroup(workspace, group, groups))
  return renderList(request, resources, ['id', 'displayName'], caller.isAdmin ? undefined : reduceForNonAdmins)
}

export function createGroupRoutes(state: DatabricksState): readonly Route[] {
  const all = /^\/api\/2\.0\/preview\/scim\/v2\/Groups$/
  const one = /^\/api\/2\.0\/preview\/scim\/v2\/Groups\/(?<id>[^/]+)$/
  return [
    guardRoute(state, { name: 'groups.create', method: 'POST', path: all }, create),
    guardRoute(state, { name: 'groups.list', method: 'GET', path: all }, list),
    guardRoute(state, { name: 'groups.get', method: 'GET', path: one }, get),
    guardRoute(state, { name: 'groups.replace', method: 'PUT', path: one }, replace),
    guardRoute(state, { name: 'groups.patch', method: 'PATCH', path: one }, patch),
    guardRoute(state, { name: 'groups.delete', method: 'DELETE', path: one }, remove),
  ]
}
