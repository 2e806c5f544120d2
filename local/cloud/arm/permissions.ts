import type { CloudResponse, Route } from '../service.ts'
import { findRole } from './built-in-roles.ts'
import { requireScope } from './existence.ts'
import { type ArmCall, type ArmState, guardRoute } from './guard.ts'

/** What the caller may do, one entry for each assignment. Everybody may ask this; who has no role gets nothing. */
function list({ world: { rbac, settings } }: ArmState, { claims, scope }: ArmCall): CloudResponse {
  requireScope(settings, scope)
  const held = rbac.listFor(claims.oid, scope)
  return { status: 200, body: { value: held.flatMap(({ roleId }) => findRole(roleId)?.permission ?? []) } }
}

export function createPermissionRoutes(state: ArmState): readonly Route[] {
  const path = /^(?<scope>\/subscriptions(?:\/[^/]+)+)\/providers\/Microsoft\.Authorization\/permissions$/i
  const type = 'Microsoft.Authorization/permissions'
  return [guardRoute(state, { name: 'permissions.list', method: 'GET', path }, type, (call) => list(state, call))]
}
