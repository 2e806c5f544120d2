import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { createKeyVaultCommands } from './commands.ts'
import { createDeletedSecretRoutes } from './deleted-secrets.ts'
import type { KeyVaultState } from './guard.ts'
import { createSecretRoutes } from './secrets.ts'

/** Key Vault: the secrets of the vaults that the settings name. Who may do what with them, `arm` arranges. */
export function createKeyVaultService(world: World): CloudService {
  const state: KeyVaultState = {
    world,
    vaults: world.vaults,
    delays: { deletingMs: 0, recoveringMs: 0, settlingMs: 0 },
  }
  return {
    name: 'keyvault',
    owns: (host) => world.vaults.has(host),
    routes: [...createSecretRoutes(state), ...createDeletedSecretRoutes(state)],
    unknownCall: ({ method, url }) => ({
      error: {
        code: 'NotImplemented',
        message: `The local Key Vault does not know ${method} ${url.pathname}`,
      },
    }),
    commands: createKeyVaultCommands(state),
  }
}
