import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { findArmCloud } from './authentication.ts'
import { createArmCommands } from './commands.ts'
import type { ArmState } from './guard.ts'
import { createPermissionRoutes } from './permissions.ts'
import { createResourceRoutes } from './resource-routes.ts'
import { createRoleAssignmentRoutes } from './role-assignments.ts'
import { createRoleDefinitionRoutes } from './role-definitions.ts'

/** Azure Resource Manager: who has which role in the one subscription, and what its resources say of themselves. */
export function createArmService(world: World): CloudService {
  const state: ArmState = { world, lag: { principalMs: 0 }, repeatedCreate: 'ok' }
  return {
    name: 'arm',
    owns: (host) => findArmCloud(host) !== undefined,
    routes: [
      ...createRoleAssignmentRoutes(state),
      ...createRoleDefinitionRoutes(state),
      ...createPermissionRoutes(state),
      ...createResourceRoutes(state),
    ],
    unknownCall: ({ method, url }) => ({
      error: { code: 'NotImplemented', message: `The local Resource Manager does not know ${method} ${url.pathname}` },
    }),
    commands: createArmCommands(state),
  }
}
