import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Application, findByAppId, isThere, type ServicePrincipal } from '../entra/directory.ts'
import type { CloudResponse, Route } from '../service.ts'
import { parseProperties, prefersCreate, readJson, refuseReadOnly, requireProperty } from './body.ts'
import { mayWriteAll, requireCreate, requireRead, requireWrite } from './caller.ts'
import { badRequest, requestDenied } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection, renderEntity } from './query.ts'
import { findServicePrincipal, lookUpServicePrincipal, servicePrincipalPath } from './references.ts'
import { renderServicePrincipal } from './render.ts'
import { requireFreeAppId } from './service-principal-names.ts'
import type { GraphState } from './state.ts'

export const servicePrincipalsCollection = { name: 'servicePrincipals', type: 'ServicePrincipal' }

const FOREIGN_APPLICATION =
  'When using this permission, the backing application of the service principal being created must in the local tenant'

const text = z.string().nullable()

const writable = z
  .strictObject({
    '@odata.type': z.literal('#microsoft.graph.servicePrincipal'),
    accountEnabled: z.boolean().nullable(),
    alternativeNames: z.array(z.string()),
    appId: z.guid(),
    appRoleAssignmentRequired: z.boolean(),
    description: text,
    displayName: text,
    homepage: text,
    loginUrl: text,
    notes: text,
    notificationEmailAddresses: z.array(z.string()),
    preferredSingleSignOnMode: text,
    replyUrls: z.array(z.string()),
    tags: z.array(z.string().max(256)),
  })
  .partial()

const readOnly = [
  'id',
  'appDisplayName',
  'appOwnerOrganizationId',
  'createdDateTime',
  'deletedDateTime',
  'signInAudience',
]

type Properties = Omit<z.infer<typeof writable>, '@odata.type'>

function parseBody(call: GraphCall): Properties {
  const json = readJson(call.request)
  refuseReadOnly(json, readOnly)
  const { '@odata.type': _, ...properties } = parseProperties(writable, json, 'ServicePrincipal')
  return properties
}

export function renderPrincipal(state: GraphState, principal: ServicePrincipal): Record<string, unknown> {
  const { directory, settings } = state.world
  const application = [...directory.applications.values()].find(({ appId }) => appId === principal.appId)
  return renderServicePrincipal(principal, application, settings.tenantId)
}

export interface NewServicePrincipal {
  readonly ownerIds: Iterable<string>
  readonly visibleAt: number
  /** The application's when absent. */
  readonly displayName?: string | null | undefined
  readonly properties?: Record<string, unknown>
}

/** Writes without asking who may. */
export function addServicePrincipal(
  state: GraphState,
  application: Application,
  { ownerIds, visibleAt, displayName, properties = {} }: NewServicePrincipal,
): ServicePrincipal {
  const principal: ServicePrincipal = {
    objectId: randomUUID(),
    appId: application.appId,
    displayName: displayName ?? application.displayName,
    servicePrincipalType: 'Application',
    graphRoles: new Set(),
    ownerIds: new Set(ownerIds),
    createdAt: state.world.clock.now(),
    visibleAt,
    deletedAt: null,
    properties,
  }
  state.world.directory.servicePrincipals.set(principal.objectId, principal)
  return principal
}

/** The application a new principal stands for: replicated, and the caller's own unless it may write all. */
function findBackingApplication({ state, caller, now }: GraphCall, appId: string): Application {
  const application = findByAppId(state.world.directory.applications, appId, now)
  if (application === undefined) {
    if (state.behaviour.unreplicatedApplication === 'forbidden') throw requestDenied(FOREIGN_APPLICATION)
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`)
  }
  if (!mayWriteAll(caller) && !application.ownerIds.has(caller.objectId)) throw requestDenied()
  return application
}

function create(call: GraphCall, appId: string, body: Properties): CloudResponse {
  const { state, request, caller, now } = call
  const { appId: _, displayName, ...properties } = body
  requireCreate(caller)
  requireFreeAppId(state, appId)
  const principal = addServicePrincipal(state, findBackingApplication(call, appId), {
    ownerIds: state.behaviour.ownership.onCreate ? [caller.objectId] : [],
    visibleAt: now + state.behaviour.lag.objectMs,
    displayName,
    properties,
  })
  return renderEntity(request, servicePrincipalsCollection, renderPrincipal(state, principal), 201)
}

function change(call: GraphCall, principal: ServicePrincipal): CloudResponse {
  requireWrite(call.caller, principal)
  const { appId, displayName, ...properties } = parseBody(call)
  if (appId !== undefined && appId !== principal.appId) refuseReadOnly({ appId }, ['appId'])
  principal.displayName = displayName ?? principal.displayName
  Object.assign(principal.properties, properties)
  return { status: 204 }
}

function changeOrCreate(call: GraphCall): CloudResponse {
  const { appId } = call.request.params
  const isUpsert = appId !== undefined && prefersCreate(call.request)
  const principal = isUpsert ? lookUpServicePrincipal(call) : findServicePrincipal(call)
  return principal === undefined ? create(call, appId ?? '', parseBody(call)) : change(call, principal)
}

export function createServicePrincipalRoutes(state: GraphState): readonly Route[] {
  const all = /^\/v1\.0\/servicePrincipals$/
  const one = servicePrincipalPath()
  return [
    guardRoute(state, { name: 'servicePrincipals.list', method: 'GET', path: all }, ({ request, caller, now }) => {
      requireRead(caller)
      const visible = [...state.world.directory.servicePrincipals.values()].filter((object) => isThere(object, now))
      const resources = visible.map((principal) => renderPrincipal(state, principal))
      return renderCollection(request, servicePrincipalsCollection, resources, [
        'id',
        'appId',
        'displayName',
        'servicePrincipalType',
      ])
    }),
    guardRoute(state, { name: 'servicePrincipals.create', method: 'POST', path: all }, (call) => {
      const body = parseBody(call)
      requireProperty(body.appId, 'appId', 'ServicePrincipal')
      return create(call, body.appId ?? '', body)
    }),
    guardRoute(state, { name: 'servicePrincipals.get', method: 'GET', path: one }, (call) => {
      requireRead(call.caller)
      return renderEntity(call.request, servicePrincipalsCollection, renderPrincipal(state, findServicePrincipal(call)))
    }),
    guardRoute(state, { name: 'servicePrincipals.patch', method: 'PATCH', path: one }, changeOrCreate),
    guardRoute(state, { name: 'servicePrincipals.delete', method: 'DELETE', path: one }, (call) => {
      const principal = findServicePrincipal(call)
      requireWrite(call.caller, principal)
      principal.deletedAt = call.now
      return { status: 204 }
    }),
  ]
}
