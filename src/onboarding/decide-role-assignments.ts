import { v5 as nameBasedId } from 'uuid'
import type { RoleAssignment } from '../clients/arm/client.ts'

/** A role that the principal shall have on a resource. */
export interface RoleWish {
  /** Resource id, as the request has it. */
  readonly scope: string
  readonly roleId: string
}

/** Random, once: the namespace of our names. */
const NAMESPACE = '5f0c8a8e-6f0b-4c39-9d3e-0b9d5a4f7f21'

/** Name of the assignment: the same for the same three, so that creating twice cannot make two. */
export function nameRoleAssignment({ scope, roleId }: RoleWish, principalId: string): string {
  return nameBasedId(`${scope} ${principalId} ${roleId}`.toLowerCase(), NAMESPACE)
}

/** The assignment that fulfils a wish, whoever made it: on the very scope, not above it. */
export function findAssignment(
  wish: RoleWish,
  principalId: string,
  assignments: readonly RoleAssignment[],
): RoleAssignment | undefined {
  return assignments.find(
    (assignment) =>
      assignment.scope.toLowerCase() === wish.scope.toLowerCase() &&
      assignment.roleId.toLowerCase() === wish.roleId &&
      assignment.principalId.toLowerCase() === principalId.toLowerCase(),
  )
}
