import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { createKeyVaultCommands } from './commands.ts'
import { createDeletedSecretRoutes } from './deleted-secrets.ts'
import type { KeyVaultState } from './guard.ts'
import { createSecretRoutes } from './secrets.ts'
import type { Vault } from './vault-state.ts'

/** Key Vault: the secrets of the vaults that the settings name; the managed identity is Secrets Officer on all of them. */
export function createKeyVaultService(world: World): CloudService {
  const vaults = new Map<string, Vault>(
    world.settings.vaults.map((host) => [
      host,
      {
        host,
        secrets: new Map(),
        roles: new Map([[world.settings.identity.objectId, 'Key Vault Secrets Officer']]),
      },
    ]),
  )
  const state: KeyVaultState = {
    world,
    vaults,
    delays: { deletingMs: 0, recoveringMs: 0, settlingMs: 0 },
  }
  return {
    name: 'keyvault',
    owns: (host) => vaults.has(host),
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
