import type { CloudResponse, Route } from '../service.ts'
import type { CalledType } from './api-versions.ts'
import { requireScope } from './existence.ts'
import { type ArmCall, type ArmState, authorize, guardRoute } from './guard.ts'
import { renderResource } from './resource-bodies.ts'
import { findResource } from './resources.ts'

function get(state: ArmState, call: ArmCall, type: CalledType): CloudResponse {
  authorize(state, call, { action: `${type}/read`, scope: call.scope })
  requireScope(state.world.settings, call.scope)
  const resource = findResource(state.world.settings, call.scope)
  if (resource === undefined) throw new Error(`${call.scope} is nothing that there is`)
  return { status: 200, body: renderResource(state.world, resource) }
}

export function createResourceRoutes(state: ArmState): readonly Route[] {
  const route = (name: string, type: CalledType): Route => {
    const path = new RegExp(
      `^(?<scope>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/${type.replaceAll('.', String.raw`\.`)}/[^/]+)$`,
      'i',
    )
    return guardRoute(state, { name: `${name}.get`, method: 'GET', path }, type, (call) => get(state, call, type))
  }
  return [
    route('vaults', 'Microsoft.KeyVault/vaults'),
    route('databricksWorkspaces', 'Microsoft.Databricks/workspaces'),
    route('machineLearningWorkspaces', 'Microsoft.MachineLearningServices/workspaces'),
    route('registries', 'Microsoft.MachineLearningServices/registries'),
  ]
}
