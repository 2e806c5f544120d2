import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { createDatabricksCommands } from './commands.ts'
import { createGroupRoutes } from './groups.ts'
import type { DatabricksState } from './guard.ts'
import { createJobRoutes } from './jobs/jobs.ts'
import { createRunRoutes } from './jobs/runs.ts'
import { createMeRoutes } from './me.ts'
import { createPrincipalSecretRoutes } from './oauth/principal-secrets.ts'
import { createOauthRoutes } from './oauth/token-endpoint.ts'
import { createObjectRoutes } from './objects/objects.ts'
import { createPermissionRoutes } from './permissions/permissions.ts'
import type { Replication } from './replicated-map.ts'
import { createSecretAclRoutes } from './secrets/acls.ts'
import { createSecretScopeRoutes } from './secrets/scopes.ts'
import { createSecretRoutes } from './secrets/secrets.ts'
import { createServicePrincipalRoutes } from './service-principals.ts'
import { createManagedTokenRoutes } from './tokens/managed-tokens.ts'
import { createOwnTokenRoutes } from './tokens/own-tokens.ts'
import { createWorkspaceConfRoutes } from './workspace-conf.ts'
import { createWorkspace, seedGroup } from './workspace-state.ts'

/** The groups that the first workspace has besides its own two. */
const seededGroups = ['etl', 'etl-leads']

/** Azure Databricks: every host of the settings is a workspace of its own, with the managed identity as its admin. */
export function createDatabricksService(world: World): CloudService {
  const replication: Replication = { lagMs: 0 }
  const state: DatabricksState = { world, workspaces: new Map(), replication }
  const reset = (): void => {
    replication.lagMs = 0
    for (const [index, host] of world.settings.workspaces.entries()) {
      const workspace = createWorkspace(world, host, replication)
      if (index === 0) for (const displayName of seededGroups) seedGroup(workspace, { displayName })
      state.workspaces.set(host, workspace)
    }
  }
  reset()
  return {
    name: 'databricks',
    owns: (host) => state.workspaces.has(host),
    routes: [
      ...createServicePrincipalRoutes(state),
      ...createGroupRoutes(state),
      ...createMeRoutes(state),
      ...createWorkspaceConfRoutes(state),
      ...createObjectRoutes(state),
      ...createJobRoutes(state),
      ...createRunRoutes(state),
      ...createSecretScopeRoutes(state),
      ...createSecretRoutes(state),
      ...createSecretAclRoutes(state),
      ...createPermissionRoutes(state),
      ...createOwnTokenRoutes(state),
      ...createManagedTokenRoutes(state),
      ...createPrincipalSecretRoutes(state),
      ...createOauthRoutes(state),
    ],
    unknownCall: ({ method, url }) => ({
      error_code: 'NOT_IMPLEMENTED',
      message: `The local Databricks does not know ${method} ${url.pathname}`,
    }),
    commands: createDatabricksCommands(state, reset),
  }
}
