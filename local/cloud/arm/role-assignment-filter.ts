import { ArmError } from './errors.ts'
import type { RoleAssignment } from './rbac.ts'
import { covers } from './scopes.ts'

const CLAUSE = /^(?:(?<atScope>atScope\(\))|(?:principalId eq|assignedTo\()\s*'(?<principalId>[0-9a-f-]{36})'\s*\)?)$/i

/** What a list shows of the scope: what holds at it, from above too, and what is given inside of it. */
export function filterAssignments(
  assignments: readonly RoleAssignment[],
  scope: string,
  filter: string | null,
): readonly RoleAssignment[] {
  const clauses = (filter ?? '').split(/\s+and\s+/i).filter((clause) => clause.trim() !== '')
  const tests = clauses.map((clause) => readClause(clause.trim(), scope, filter ?? ''))
  return assignments.filter(
    (assignment) =>
      (covers(assignment.scope, scope) || covers(scope, assignment.scope)) && tests.every((test) => test(assignment)),
  )
}

function readClause(clause: string, scope: string, filter: string): (assignment: RoleAssignment) => boolean {
  const { atScope, principalId } = CLAUSE.exec(clause)?.groups ?? {}
  if (atScope !== undefined) return (assignment) => covers(assignment.scope, scope)
  // Groups, through which `assignedTo` would find more, have no members here.
  if (principalId !== undefined) return (assignment) => assignment.principalId === principalId.toLowerCase()
  throw new ArmError(
    400,
    'UnsupportedFilterInQuery',
    `The filter '${filter}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
  )
}
