import { findRole, type Permission } from './built-in-roles.ts'
import { type ConditionContext, parseCondition } from './conditions.ts'
import type { Rbac } from './rbac.ts'

export interface AccessQuestion extends Omit<ConditionContext, 'action'> {
  /** Object id. */
  readonly principalId: string
  /** As role definitions write it, e.g. `Microsoft.KeyVault/vaults/read`. */
  readonly action: string
  /** Whether it is done to a resource through Resource Manager, or to what is inside of it. */
  readonly plane: 'control' | 'data'
  readonly scope: string
}

export type AccessVerdict = 'allowed' | 'denied' | 'condition-not-met'

/** Roles add up: one assignment that allows the action, and whose condition holds, is enough. */
export function decideAccess(rbac: Rbac, question: AccessQuestion): AccessVerdict {
  const allowing = rbac
    .listFor(question.principalId, question.scope)
    .filter(({ roleId }) => allows(findRole(roleId)?.permission, question))
  if (allowing.length === 0) return 'denied'
  const isMet = allowing.some(({ condition }) => condition === null || parseCondition(condition)(question))
  return isMet ? 'allowed' : 'condition-not-met'
}

function allows(permission: Permission | undefined, { action, plane }: AccessQuestion): boolean {
  if (permission === undefined) return false
  const { actions, notActions, dataActions, notDataActions } = permission
  const [included, excluded] = plane === 'control' ? [actions, notActions] : [dataActions, notDataActions]
  return (
    included.some((pattern) => matchesAction(pattern, action)) &&
    !excluded.some((pattern) => matchesAction(pattern, action))
  )
}

/** A star stands for anything, slashes included; between two slashes also for nothing, so that a type has its own verbs. */
export function matchesAction(pattern: string, action: string): boolean {
  const expression = pattern.replaceAll(/\/\*\/|[*.+?^${}()|[\]\\]/g, (found) =>
    found === '/*/' ? '/(?:.*/)?' : found === '*' ? '.*' : `\\${found}`,
  )
  return new RegExp(`^${expression}$`, 'i').test(action)
}
