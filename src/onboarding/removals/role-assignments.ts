import { roleAssignmentDescription } from '../../trust/marks.ts'
import { findAssignment } from '../decide-role-assignments.ts'
import { findOwnApplication } from '../find-application.ts'
import type { Change, LookContext, StepPlan } from '../step.ts'
import { describeRole, roleWishesOf } from '../steps/role-assignments.ts'
import { NOTHING_TO_REMOVE } from './nothing.ts'

/** Takes back the roles that Steward gave; what somebody else gave the principal stays. */
export async function planRoleAssignmentsRemoval(context: LookContext): Promise<StepPlan> {
  const { request, owner, services } = context
  const application = await findOwnApplication(context)
  const principal = application && (await services.graph.getServicePrincipal(application.clientId))
  if (!principal) return NOTHING_TO_REMOVE
  const wishes = roleWishesOf(request)
  const scopes = [...new Set(wishes.map(({ scope }) => scope))]
  const held = await Promise.all(
    scopes.map((scope) => services.arm.listRoleAssignments(scope, { principalId: principal.objectId })),
  )
  const mark = roleAssignmentDescription(owner)
  const ours = wishes.flatMap((wish) => {
    const assignment = findAssignment(wish, principal.objectId, held.flat())
    return assignment?.description === mark ? [{ wish, name: assignment.name }] : []
  })
  return {
    changes: ours.map(({ wish }): Change => ({ action: 'remove', target: describeRole(wish), reason: 'offboarded' })),
    apply: async ({ guard }) => {
      guard()
      await Promise.all(ours.map(({ wish, name }) => services.arm.deleteRoleAssignment(wish.scope, name)))
    },
  }
}
