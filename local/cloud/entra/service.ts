import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { findCloudByHost } from './clouds.ts'
import { createDiscoveryRoutes } from './discovery.ts'
import { createTokenRoutes } from './token-endpoint.ts'
import type { TokenIssuer } from './tokens.ts'

/** Entra ID's sign-in hosts: discovery and client credential tokens for the tenant of the settings. */
export function createEntraService(world: World, tokens: TokenIssuer): CloudService {
  const signing = { ...world, tokens }
  return {
    name: 'entra',
    owns: (host) => findCloudByHost(host) !== undefined,
    routes: [...createDiscoveryRoutes(signing), ...createTokenRoutes(signing)],
    unknownCall: ({ method, url }) => ({
      error: 'not_implemented',
      error_description: `The local Entra ID does not know ${method} ${url.pathname}`,
    }),
    commands: {
      /** The whole directory, secrets included. */
      inspect: () => ({
        tenantId: world.directory.tenantId,
        applications: [...world.directory.applications.values()].map(({ ownerIds, ...rest }) => ({
          ...rest,
          ownerIds: [...ownerIds],
        })),
        servicePrincipals: [...world.directory.servicePrincipals.values()].map(({ graphRoles, ownerIds, ...rest }) => ({
          ...rest,
          graphRoles: [...graphRoles],
          ownerIds: [...ownerIds],
        })),
      }),
      /** Every access token given out, by the identity endpoint too: what a search for leaks looks for. */
      tokens: () => ({ tokens: tokens.issued }),
    },
  }
}
