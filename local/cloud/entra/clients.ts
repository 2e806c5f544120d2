import type { World } from '../world.ts'
import { type Application, findByAppId, type ServicePrincipal } from './directory.ts'
import { EntraError } from './errors.ts'

/** Who signs in; throws when the tenant does not know the client, or not yet. */
export function findClient(
  { clock, directory, settings }: World,
  clientId: string,
): { application: Application; principal: ServicePrincipal } {
  const now = clock.now()
  const application = findByAppId(directory.applications, clientId, now)
  const principal = findByAppId(directory.servicePrincipals, clientId, now)
  if (application !== undefined && principal !== undefined) return { application, principal }
  // A principal that has not reached this replica looks like an application that has not; one that never was does not.
  const isOnItsWay = findByAppId(directory.servicePrincipals, clientId, Number.POSITIVE_INFINITY) !== undefined
  if (application === undefined || isOnItsWay) {
    throw new EntraError(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${settings.tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    )
  }
  throw new EntraError(
    401,
    'invalid_client',
    7000229,
    `The client application ${clientId} is missing service principal in the tenant ${settings.tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
  )
}
