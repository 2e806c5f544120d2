import type { Application, ServicePrincipal } from '../entra/directory.ts'
import type { CloudResponse, Route } from '../service.ts'
import { applicationsCollection } from './applications.ts'
import { requireReadDeleted, requireWrite } from './caller.ts'
import { purge, purgeServicePrincipal, restore, restoreServicePrincipal } from './deleted.ts'
import { notFound } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection, renderEntity } from './query.ts'
import { renderApplication } from './render.ts'
import { renderPrincipal, servicePrincipalsCollection } from './service-principals.ts'
import type { GraphState } from './state.ts'

const PATH = '^/v1\\.0/directory/deletedItems'
const ID = '(?<id>[0-9A-Fa-f-]{36})'

const directoryObjects = { name: 'directoryObjects', type: 'DirectoryObject' }

type DeletedItem =
  | { readonly kind: 'application'; readonly object: Application }
  | { readonly kind: 'servicePrincipal'; readonly object: ServicePrincipal }

/** What the path names, whatever it is; one that is cast to another type is not found. */
function find({ state, request }: GraphCall): DeletedItem {
  const { id = '', type } = request.params
  const { applications, servicePrincipals } = state.world.directory
  const application = applications.get(id.toLowerCase())
  if (application && application.deletedAt !== null && type !== 'servicePrincipal') {
    return { kind: 'application', object: application }
  }
  const principal = servicePrincipals.get(id.toLowerCase())
  if (principal && principal.deletedAt !== null && type !== 'application') {
    return { kind: 'servicePrincipal', object: principal }
  }
  throw notFound(id)
}

function render({ state, request }: GraphCall, item: DeletedItem): CloudResponse {
  const properties = item.kind === 'application' ? renderApplication(item.object) : renderPrincipal(state, item.object)
  return renderEntity(request, directoryObjects, { '@odata.type': `#microsoft.graph.${item.kind}`, ...properties })
}

function isDeleted({ deletedAt }: { readonly deletedAt: number | null }): boolean {
  return deletedAt !== null
}

function listApplications({ state, request }: GraphCall): CloudResponse {
  const deleted = [...state.world.directory.applications.values()].filter(isDeleted)
  return renderCollection(request, applicationsCollection, deleted.map(renderApplication), [
    'id',
    'appId',
    'displayName',
  ])
}

function listServicePrincipals({ state, request }: GraphCall): CloudResponse {
  const deleted = [...state.world.directory.servicePrincipals.values()].filter(isDeleted)
  const resources = deleted.map((principal) => renderPrincipal(state, principal))
  return renderCollection(request, servicePrincipalsCollection, resources, ['id', 'appId', 'displayName'])
}

/** Deleted applications and service principals, each of which can be restored for 30 days. */
export function createDeletedItemRoutes(state: GraphState): readonly Route[] {
  const one = new RegExp(`${PATH}/${ID}(?:/microsoft\\.graph\\.(?<type>application|servicePrincipal))?$`)
  return [
    guardRoute(
      state,
      {
        name: 'deletedItems.list',
        method: 'GET',
        path: new RegExp(`${PATH}/microsoft\\.graph\\.(?<type>application|servicePrincipal)$`),
      },
      (call) => {
        requireReadDeleted(call.caller)
        return call.request.params['type'] === 'application' ? listApplications(call) : listServicePrincipals(call)
      },
    ),
    guardRoute(state, { name: 'deletedItems.get', method: 'GET', path: one }, (call) => {
      requireReadDeleted(call.caller)
      return render(call, find(call))
    }),
    guardRoute(
      state,
      { name: 'deletedItems.restore', method: 'POST', path: new RegExp(`${PATH}/${ID}/restore$`) },
      (call) => {
        const item = find(call)
        requireWrite(call.caller, item.object)
        if (item.kind === 'application') restore(state, item.object)
        else restoreServicePrincipal(state, item.object)
        return render(call, item)
      },
    ),
    guardRoute(state, { name: 'deletedItems.delete', method: 'DELETE', path: one }, (call) => {
      const item = find(call)
      requireWrite(call.caller, item.object)
      if (item.kind === 'application') purge(state, item.object)
      else purgeServicePrincipal(state, item.object)
      return { status: 204 }
    }),
  ]
}
