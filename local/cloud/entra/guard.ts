import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import type { World } from '../world.ts'
import { EntraError, renderEntraError, tenantNotFound } from './errors.ts'

/** Makes a route whose refusals have Entra's shape. */
export function guardRoute(world: World, route: Route): Route {
  return {
    ...route,
    handle: async (request): Promise<CloudResponse> => {
      try {
        return await route.handle(request)
      } catch (error) {
        if (!(error instanceof EntraError)) throw error
        return renderEntraError(error, request, world.clock.now())
      }
    },
  }
}

/** Throws unless the path names this world's one tenant. */
export function requireTenant(world: World, request: CloudRequest): void {
  const tenant = request.params['tenant'] ?? ''
  if (tenant.toLowerCase() !== world.settings.tenantId.toLowerCase()) throw tenantNotFound(tenant)
}
