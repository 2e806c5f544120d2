import { roleAssignmentDescription } from '../../trust/marks.ts'
import { nameRoleAssignment } from '../decide-role-assignments.ts'
import type { Change, LookContext, StepPlan } from '../step.ts'
import { describeRole, roleWishesOf } from '../steps/role-assignments.ts'

/**
 * Takes back the roles that Steward gave; what somebody else gave the principal stays. Ours tell by their description and
 * their name, so that they are found when the principal is gone already.
 */
export async function planRoleAssignmentsRemoval({ request, owner, services }: LookContext): Promise<StepPlan> {
  const mark = roleAssignmentDescription(owner)
  const found = await Promise.all(
    roleWishesOf(request).map(async (wish) => {
      const assignments = await services.arm.listRoleAssignments(wish.scope, 'everybody')
      return assignments
        .filter(({ name, principalId, description }) => {
          return description === mark && name.toLowerCase() === nameRoleAssignment(wish, principalId)
        })
        .map(({ name }) => ({ wish, name }))
    }),
  )
  const ours = found.flat()
  return {
    changes: ours.map(({ wish }): Change => ({ action: 'remove', target: describeRole(wish), reason: 'offboarded' })),
    apply: async ({ guard }) => {
      guard()
      await Promise.all(ours.map(({ wish, name }) => services.arm.deleteRoleAssignment(wish.scope, name)))
    },
  }
}
