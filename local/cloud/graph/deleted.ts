import type { Application, ServicePrincipal } from '../entra/directory.ts'
import { badRequest } from './errors.ts'
import { requireFreeAppId } from './service-principal-names.ts'
import type { GraphState } from './state.ts'

/** Deleted objects can be restored, and keep their unique names, this long. */
const KEPT_MS = 30 * 24 * 3600_000

function findPrincipalsOf({ world }: GraphState, appId: string): readonly ServicePrincipal[] {
  return [...world.directory.servicePrincipals.values()].filter((principal) => principal.appId === appId)
}

/** Takes the application's service principal along, as Graph does. */
export function softDelete(state: GraphState, application: Application, now: number): void {
  application.deletedAt = now
  for (const principal of findPrincipalsOf(state, application.appId)) principal.deletedAt ??= now
}

/** The service principal that went with the application comes back with it, or stays where it is, as arranged. */
export function restore(state: GraphState, application: Application): void {
  if (state.behaviour.servicePrincipalOfRestored === 'comes-back') {
    for (const principal of findPrincipalsOf(state, application.appId)) {
      if (principal.deletedAt === application.deletedAt) principal.deletedAt = null
    }
  }
  application.deletedAt = null
}

/** Comes after its application, which has to be there. */
export function restoreServicePrincipal(state: GraphState, principal: ServicePrincipal): void {
  const { appId, servicePrincipalType } = principal
  const application = [...state.world.directory.applications.values()].find((candidate) => candidate.appId === appId)
  if (servicePrincipalType === 'Application' && application?.deletedAt !== null) {
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`)
  }
  requireFreeAppId(state, appId)
  principal.deletedAt = null
}

export function purgeServicePrincipal({ world }: GraphState, { objectId }: ServicePrincipal): void {
  world.directory.servicePrincipals.delete(objectId)
}

export function purge(state: GraphState, application: Application): void {
  const { applications, servicePrincipals } = state.world.directory
  applications.delete(application.objectId)
  for (const { objectId } of findPrincipalsOf(state, application.appId)) servicePrincipals.delete(objectId)
}

/** Forgets what was deleted too long ago. */
export function purgeExpired(state: GraphState, now: number): void {
  const { applications, servicePrincipals } = state.world.directory
  const isExpired = (deletedAt: number | null): boolean => deletedAt !== null && deletedAt + KEPT_MS <= now
  for (const application of applications.values()) if (isExpired(application.deletedAt)) purge(state, application)
  for (const { objectId, deletedAt } of servicePrincipals.values()) {
    if (isExpired(deletedAt)) servicePrincipals.delete(objectId)
  }
}
