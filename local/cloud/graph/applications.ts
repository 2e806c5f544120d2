import { randomUUID } from 'node:crypto'
import { type Application, isThere } from '../entra/directory.ts'
import type { CloudResponse, Route } from '../service.ts'
import {
  type ApplicationBody,
  DEFAULT_SIGN_IN_AUDIENCE,
  parseApplicationChange,
  parseNewApplication,
} from './application-properties.ts'
import { prefersCreate, readJson } from './body.ts'
import { requireCreate, requireRead, requireWrite } from './caller.ts'
import { softDelete } from './deleted.ts'
import { sameKey } from './errors.ts'
import { type GraphCall, guardRoute } from './guard.ts'
import { renderCollection, renderEntity } from './query.ts'
import { applicationPath, findApplication, findReferenced, lookUpApplication, readUniqueName } from './references.ts'
import { renderApplication } from './render.ts'
import type { GraphState } from './state.ts'

export const applicationsCollection = { name: 'applications', type: 'Application' }

export interface NewApplication {
  readonly body: ApplicationBody & { readonly displayName: string }
  readonly uniqueName: string | null
  readonly ownerIds: Iterable<string>
  readonly visibleAt: number
}

/** Writes without asking who may. Deleted applications keep their unique names, and so do ones that replicas do not know yet. */
export function addApplication(
  state: GraphState,
  { body, uniqueName, ownerIds, visibleAt }: NewApplication,
): Application {
  const { applications } = state.world.directory
  const isTaken = uniqueName !== null && [...applications.values()].some((other) => other.uniqueName === uniqueName)
  if (isTaken) throw sameKey('Another object with the same value for property uniqueName already exists.')
  const application: Application = {
    objectId: randomUUID(),
    appId: randomUUID(),
    displayName: body.displayName,
    uniqueName,
    signInAudience: body.signInAudience ?? DEFAULT_SIGN_IN_AUDIENCE,
    passwordCredentials: [],
    federatedIdentityCredentials: [],
    ownerIds: new Set(ownerIds),
    createdAt: state.world.clock.now(),
    visibleAt,
    deletedAt: null,
    properties: { ...body.properties },
  }
  applications.set(application.objectId, application)
  return application
}

function create(
  call: GraphCall,
  body: ApplicationBody & { readonly displayName: string },
  uniqueName: string | null,
  ownsIt: boolean,
): CloudResponse {
  const { state, request, caller, now } = call
  requireCreate(caller)
  const bound = body.owners.map((url) => findReferenced(call, url).objectId)
  const application = addApplication(state, {
    body,
    uniqueName,
    ownerIds: ownsIt ? [...bound, caller.objectId] : bound,
    visibleAt: now + state.behaviour.lag.objectMs,
  })
  const { tenantId } = state.world.settings
  return {
    ...renderEntity(request, applicationsCollection, renderApplication(application), 201),
    headers: {
      Location: `https://${request.url.host}/v2/${tenantId}/directoryObjects/${application.objectId}/Microsoft.DirectoryServices.Application`,
    },
  }
}

function change(call: GraphCall, application: Application): CloudResponse {
  requireWrite(call.caller, application)
  const body = parseApplicationChange(readJson(call.request), application.uniqueName)
  application.displayName = body.displayName ?? application.displayName
  application.signInAudience = body.signInAudience ?? application.signInAudience
  Object.assign(application.properties, body.properties)
  return { status: 204 }
}

/** Changes what is there; by unique name, and where the caller prefers it, makes what is not. */
function changeOrCreate(call: GraphCall): CloudResponse {
  const uniqueName = readUniqueName(call)
  const isUpsert = uniqueName !== null && prefersCreate(call.request)
  const application = isUpsert ? lookUpApplication(call) : findApplication(call)
  if (application !== undefined) return change(call, application)
  const body = parseNewApplication(readJson(call.request))
  if (body.uniqueName !== undefined && body.uniqueName !== uniqueName) {
    throw sameKey("The value of property 'uniqueName' differs from the key in the URL.")
  }
  return create(call, body, uniqueName, call.state.behaviour.ownership.onUpsert)
}

export function createApplicationRoutes(state: GraphState): readonly Route[] {
  const collection = /^\/v1\.0\/applications$/
  return [
    guardRoute(state, { name: 'applications.list', method: 'GET', path: collection }, ({ request, caller, now }) => {
      requireRead(caller)
      const visible = [...state.world.directory.applications.values()].filter((object) => isThere(object, now))
      const resources = visible.map(renderApplication)
      return renderCollection(request, applicationsCollection, resources, ['id', 'appId', 'displayName'])
    }),
    guardRoute(state, { name: 'applications.create', method: 'POST', path: collection }, (call) => {
      const body = parseNewApplication(readJson(call.request))
      return create(call, body, body.uniqueName ?? null, state.behaviour.ownership.onCreate)
    }),
    guardRoute(state, { name: 'applications.get', method: 'GET', path: applicationPath() }, (call) => {
      requireRead(call.caller)
      return renderEntity(call.request, applicationsCollection, renderApplication(findApplication(call)))
    }),
    guardRoute(state, { name: 'applications.patch', method: 'PATCH', path: applicationPath() }, changeOrCreate),
    guardRoute(state, { name: 'applications.delete', method: 'DELETE', path: applicationPath() }, (call) => {
      const application = findApplication(call)
      requireWrite(call.caller, application)
      softDelete(state, application, call.now)
      return { status: 204 }
    }),
  ]
}
