import type { Application } from '../entra/directory.ts'
import type { Route } from '../service.ts'
import { applicationsCollection } from './applications.ts'
import { requireRead, requireWrite } from './caller.ts'
import { purge, restore } from './deleted.ts'
import { notFound } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection, renderEntity } from './query.ts'
import { renderApplication } from './render.ts'
import type { GraphState } from './state.ts'

const CAST = '(?:/microsoft\\.graph\\.application)?'

const directoryObjects = { name: 'directoryObjects', type: 'DirectoryObject' }

function find({ state, request }: GraphCall): Application {
  const id = request.params['id'] ?? ''
  const application = state.world.directory.applications.get(id.toLowerCase())
  if (application === undefined || application.deletedAt === null) throw notFound(id)
  return application
}

/** Deleted applications; their service principals come and go with them. */
export function createDeletedItemRoutes(state: GraphState): readonly Route[] {
  const one = new RegExp(`^/v1\\.0/directory/deletedItems/(?<id>[0-9A-Fa-f-]{36})${CAST}$`)
  return [
    guardRoute(
      state,
      {
        name: 'deletedItems.list',
        method: 'GET',
        path: /^\/v1\.0\/directory\/deletedItems\/microsoft\.graph\.application$/,
      },
      ({ request, caller }) => {
        requireRead(caller)
        const deleted = [...state.world.directory.applications.values()].filter(({ deletedAt }) => deletedAt !== null)
        return renderCollection(request, applicationsCollection, deleted.map(renderApplication), [
          'id',
          'appId',
          'displayName',
        ])
      },
    ),
    guardRoute(state, { name: 'deletedItems.get', method: 'GET', path: one }, (call) => {
      requireRead(call.caller)
      return renderEntity(call.request, directoryObjects, {
        '@odata.type': '#microsoft.graph.application',
        ...renderApplication(find(call)),
      })
    }),
    guardRoute(
      state,
      {
        name: 'deletedItems.restore',
        method: 'POST',
        path: /^\/v1\.0\/directory\/deletedItems\/(?<id>[0-9A-Fa-f-]{36})\/restore$/,
      },
      (call) => {
        const application = find(call)
        requireWrite(call.caller, application)
        restore(state, application)
        return renderEntity(call.request, directoryObjects, {
          '@odata.type': '#microsoft.graph.application',
          ...renderApplication(application),
        })
      },
    ),
    guardRoute(state, { name: 'deletedItems.delete', method: 'DELETE', path: one }, (call) => {
      const application = find(call)
      requireWrite(call.caller, application)
      purge(state, application)
      return { status: 204 }
    }),
  ]
}
