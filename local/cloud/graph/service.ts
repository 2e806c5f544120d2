import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { createAppRoleAssignmentRoutes } from './app-role-assignments.ts'
import { createApplicationRoutes } from './applications.ts'
import { createGraphCommands } from './commands.ts'
import { createDeletedItemRoutes } from './deleted-items.ts'
import { createFederatedCredentialRoutes } from './federated-credentials.ts'
import { renderUnknownCall } from './guard.ts'
import { createOwnerRoutes } from './owners.ts'
import { createPasswordRoutes } from './passwords.ts'
import { createServicePrincipalRoutes } from './service-principals.ts'
import { createBehaviour, type GraphState } from './state.ts'

const hosts = ['graph.microsoft.com', 'graph.microsoft.us', 'microsoftgraph.chinacloudapi.cn']

/** Microsoft Graph v1.0: applications, their credentials and owners, and service principals of the world's directory. */
export function createGraphService(world: World): CloudService {
  const state: GraphState = {
    world,
    behaviour: createBehaviour(),
    issuedSecrets: [],
    currentRoles: new Set(),
    passwordsChangedAt: new Map(),
  }
  return {
    name: 'graph',
    owns: (host) => hosts.includes(host),
    routes: [
      ...createApplicationRoutes(state),
      ...createPasswordRoutes(state),
      ...createFederatedCredentialRoutes(state),
      ...createOwnerRoutes(state),
      ...createDeletedItemRoutes(state),
      ...createServicePrincipalRoutes(state),
      ...createAppRoleAssignmentRoutes(state),
    ],
    unknownCall: (request) => renderUnknownCall(state, request),
    commands: createGraphCommands(state),
  }
}
