import { type Application, findByAppId, isThere, type ServicePrincipal } from '../entra/directory.ts'
import { badRequest, notFound } from './errors.ts'
import type { GraphCall } from './guard.ts'

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const byId = '/(?<id>[^/()$]+)'
const byAppId = "\\(appId='(?<appId>[^']*)'\\)"
const byUniqueName = "\\(uniqueName='(?<uniqueName>(?:[^']|'')+)'\\)"

/** Matches one application by any of its keys; `rest` is a pattern for what follows. */
export function applicationPath(rest = ''): RegExp {
  return new RegExp(`^/v1\\.0/applications(?:${byId}|${byAppId}|${byUniqueName})${rest}$`)
}

export function servicePrincipalPath(rest = ''): RegExp {
  return new RegExp(`^/v1\\.0/servicePrincipals(?:${byId}|${byAppId})${rest}$`)
}

function requireGuid(value: string, message: string): void {
  if (!GUID.test(value)) throw badRequest(message)
}

/** The unique name that the path gives, or null when it gives another key. */
export function readUniqueName({ request }: GraphCall): string | null {
  return request.params['uniqueName']?.replaceAll("''", "'") ?? null
}

/** The application the path names, as far as replicas know it. */
export function lookUpApplication(call: GraphCall): Application | undefined {
  const { state, request, now } = call
  const { applications } = state.world.directory
  const { id, appId } = request.params
  if (id !== undefined) {
    requireGuid(id, `Invalid object identifier '${id}'.`)
    const application = applications.get(id.toLowerCase())
    return application !== undefined && isThere(application, now) ? application : undefined
  }
  if (appId !== undefined) {
    requireGuid(appId, "Invalid value specified for property 'appId' of resource 'Application'.")
    return findByAppId(applications, appId, now)
  }
  const uniqueName = readUniqueName(call)
  return [...applications.values()].find(
    (application) => application.uniqueName === uniqueName && isThere(application, now),
  )
}

/** What the path calls the object, for messages. */
function nameReference({ params }: GraphCall['request']): string {
  return params['id'] ?? params['appId'] ?? params['uniqueName'] ?? ''
}

export function findApplication(call: GraphCall): Application {
  const application = lookUpApplication(call)
  if (application === undefined) throw notFound(nameReference(call.request))
  return application
}

export function lookUpServicePrincipal({ state, request, now }: GraphCall): ServicePrincipal | undefined {
  const { servicePrincipals } = state.world.directory
  const { id, appId } = request.params
  if (id !== undefined) {
    requireGuid(id, `Invalid object identifier '${id}'.`)
    const principal = servicePrincipals.get(id.toLowerCase())
    return principal !== undefined && isThere(principal, now) ? principal : undefined
  }
  requireGuid(appId ?? '', "Invalid value specified for property 'appId' of resource 'ServicePrincipal'.")
  return findByAppId(servicePrincipals, appId ?? '', now)
}

export function findServicePrincipal(call: GraphCall): ServicePrincipal {
  const principal = lookUpServicePrincipal(call)
  if (principal === undefined) throw notFound(nameReference(call.request))
  return principal
}

/** The live service principal a reference URL points at; it is the only kind of owner this tenant has. */
export function findReferenced({ state, now }: GraphCall, url: string): ServicePrincipal {
  const id = /\/(?:directoryObjects|servicePrincipals)\/([^/]+)$/.exec(url)?.[1]
  if (id === undefined) throw badRequest(`Invalid reference URL '${url}'.`)
  requireGuid(id, `Invalid object identifier '${id}'.`)
  const principal = state.world.directory.servicePrincipals.get(id.toLowerCase())
  if (principal === undefined || !isThere(principal, now)) throw notFound(id)
  return principal
}
