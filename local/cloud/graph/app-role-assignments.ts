import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MICROSOFT_GRAPH_APP_ID } from '../entra/clouds.ts'
import { isThere, type ServicePrincipal } from '../entra/directory.ts'
import type { CloudResponse, Route } from '../service.ts'
import { parseProperties, readJson } from './body.ts'
import { requireAssignRoles, requireRead } from './caller.ts'
import { badRequest, notFound } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection, renderEntity } from './query.ts'
import { findServicePrincipal, servicePrincipalPath } from './references.ts'
import { findRole, type GraphRole, graphRoleIds, graphRoles } from './roles.ts'
import type { GraphState } from './state.ts'

const assignmentBody = z.strictObject({ principalId: z.guid(), resourceId: z.guid(), appRoleId: z.guid() })

function collectionOf({ objectId }: ServicePrincipal): { name: string; type: string } {
  return { name: `servicePrincipals('${objectId}')/appRoleAssignments`, type: 'AppRoleAssignment' }
}

/** The principal's Graph roles are its assignments: the role's API is the only resource here that has any. */
function renderAssignment(
  principal: ServicePrincipal,
  graph: ServicePrincipal,
  role: GraphRole,
): Record<string, unknown> {
  return {
    id: createHash('sha256').update(`${principal.objectId} ${role}`).digest('base64url'),
    deletedDateTime: null,
    appRoleId: graphRoleIds[role],
    createdDateTime: new Date(principal.createdAt).toISOString(),
    principalDisplayName: principal.displayName,
    principalId: principal.objectId,
    principalType: 'ServicePrincipal',
    resourceDisplayName: graph.displayName,
    resourceId: graph.objectId,
  }
}

function findGraph({ state }: GraphCall): ServicePrincipal {
  const graph = [...state.world.directory.servicePrincipals.values()].find(
    ({ appId }) => appId === MICROSOFT_GRAPH_APP_ID,
  )
  if (graph === undefined) throw new Error('the tenant has no service principal of Microsoft Graph')
  return graph
}

function assign(call: GraphCall): CloudResponse {
  requireAssignRoles(call.caller)
  const principal = findServicePrincipal(call)
  const body = parseProperties(assignmentBody, readJson(call.request), 'AppRoleAssignment')
  if (body.principalId.toLowerCase() !== principal.objectId) {
    throw badRequest("The principalId in the body differs from the service principal's id in the URL.")
  }
  const { servicePrincipals } = call.state.world.directory
  const resource = servicePrincipals.get(body.resourceId.toLowerCase())
  if (resource === undefined || !isThere(resource, call.now)) throw notFound(body.resourceId)
  const graph = findGraph(call)
  const role = resource === graph ? findRole(body.appRoleId) : undefined
  if (role === undefined) {
    throw badRequest('Permission being assigned was not found on application')
  }
  if (principal.graphRoles.has(role)) throw badRequest('Permission being assigned already exists on the object')
  principal.graphRoles.add(role)
  return renderEntity(call.request, collectionOf(principal), renderAssignment(principal, graph, role), 201)
}

export function createAppRoleAssignmentRoutes(state: GraphState): readonly Route[] {
  const path = servicePrincipalPath('/appRoleAssignments')
  return [
    guardRoute(state, { name: 'appRoleAssignments.list', method: 'GET', path }, (call) => {
      requireRead(call.caller)
      const principal = findServicePrincipal(call)
      const graph = findGraph(call)
      const held = graphRoles.filter((role) => principal.graphRoles.has(role))
      const assignments = held.map((role) => renderAssignment(principal, graph, role))
      return renderCollection(call.request, collectionOf(principal), assignments)
    }),
    guardRoute(state, { name: 'appRoleAssignments.create', method: 'POST', path }, assign),
  ]
}
