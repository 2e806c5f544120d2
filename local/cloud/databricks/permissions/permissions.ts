import type { CloudResponse, Route } from '../../service.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { revokeWhatLosesUse } from '../tokens/access.ts'
import { changeGrants } from './change.ts'
import { collections, objectTypes } from './object-types.ts'
import { renderPermissions } from './render.ts'
import { findTarget } from './target.ts'

function get(call: WorkspaceCall): CloudResponse {
  return { status: 200, body: renderPermissions(call.workspace, findTarget(call, 'view')) }
}

function change(state: DatabricksState, call: WorkspaceCall, mode: 'replace' | 'merge'): CloudResponse {
  const target = findTarget(call, 'manage')
  if (target.collection === 'authorization') {
    revokeWhatLosesUse(call.workspace, state.world.clock.now(), () => changeGrants(call, target, mode))
  } else {
    changeGrants(call, target, mode)
  }
  return { status: 200, body: renderPermissions(call.workspace, target) }
}

function getLevels(call: WorkspaceCall): CloudResponse {
  const { levels } = objectTypes[findTarget(call, 'view').collection]
  const described = Object.entries(levels).map(([level, description]) => ({ permission_level: level, description }))
  return { status: 200, body: { permission_levels: described } }
}

export function createPermissionRoutes(state: DatabricksState): readonly Route[] {
  // Of what `authorization` has, tokens alone are known.
  const object = `/api/2\\.0/permissions/(?<collection>${collections.join('|')})/(?<id>(?<=authorization/)tokens|(?<!authorization/)[^/]+)`
  const path = new RegExp(`^${object}$`)
  return [
    guardRoute(state, { name: 'permissions.get', method: 'GET', path }, get),
    guardRoute(state, { name: 'permissions.set', method: 'PUT', path }, (call) => change(state, call, 'replace')),
    guardRoute(state, { name: 'permissions.update', method: 'PATCH', path }, (call) => change(state, call, 'merge')),
    guardRoute(
      state,
      { name: 'permissions.levels', method: 'GET', path: new RegExp(`^${object}/permissionLevels$`) },
      getLevels,
    ),
  ]
}
