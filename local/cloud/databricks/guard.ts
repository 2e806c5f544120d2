import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import type { World } from '../world.ts'
import { type Caller, identifyCaller } from './callers.ts'
import { apiError, DatabricksError } from './errors.ts'
import type { Replication } from './replicated-map.ts'
import type { Workspace } from './workspace-state.ts'

/** What every call works on. */
export interface DatabricksState {
  readonly world: World
  readonly workspaces: Map<string, Workspace>
  readonly replication: Replication
}

/** One admitted call. */
export interface WorkspaceCall {
  readonly request: CloudRequest
  readonly workspace: Workspace
  readonly caller: Caller
}

/** By real time: whoever moves the pretend clock has not waited. */
function limitRate({ requestsPerSecond, recentRequests }: Workspace): void {
  if (requestsPerSecond === null) return
  const now = performance.now()
  while (recentRequests[0] !== undefined && recentRequests[0] <= now - 1000) recentRequests.shift()
  if (recentRequests.length >= requestsPerSecond) {
    throw apiError(429, 'REQUEST_LIMIT_EXCEEDED', 'Current request rate is too high. Please try again later.', {
      'Retry-After': '1',
    })
  }
  recentRequests.push(now)
}

/** Makes a route that admits only members of the workspace, within its rate. */
export function guardRoute(
  state: DatabricksState,
  route: Pick<Route, 'name' | 'method' | 'path'>,
  handle: (call: WorkspaceCall) => CloudResponse,
): Route {
  return {
    ...route,
    handle: (request) => {
      const workspace = state.workspaces.get(request.url.hostname)
      if (workspace === undefined) throw new Error(`no workspace ${request.url.hostname}`)
      try {
        const caller = identifyCaller(state.world, workspace, request)
        limitRate(workspace)
        return handle({ request, workspace, caller })
      } catch (error) {
        if (error instanceof DatabricksError) return error.response
        throw error
      }
    },
  }
}
