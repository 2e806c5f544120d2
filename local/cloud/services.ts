import { createArmService } from './arm/service.ts'
import { createDatabricksService } from './databricks/service.ts'
import { createIdentityEndpoint } from './entra/identity-endpoint.ts'
import { createEntraService } from './entra/service.ts'
import { createGraphService } from './graph/service.ts'
import { createKeyVaultService } from './keyvault/service.ts'
import type { CloudService } from './service.ts'
import type { SigningWorld } from './world.ts'

/** Every fake there is. */
export function createServices(world: SigningWorld, identityHeader: string): CloudService[] {
  return [
    createEntraService(world, world.tokens),
    createIdentityEndpoint(world, world.tokens, identityHeader),
    createGraphService(world),
    createArmService(world),
    createKeyVaultService(world),
    createDatabricksService(world),
  ]
}
