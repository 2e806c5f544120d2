import { randomUUID } from 'node:crypto'
import { covers } from './scopes.ts'

export const principalTypes = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'] as const

export type PrincipalType = (typeof principalTypes)[number]

/** Ids are lower-case GUIDs; times are milliseconds. */
export interface RoleAssignment {
  readonly name: string
  /** Resource id with a leading slash, spelled as it was given. */
  readonly scope: string
  /** Last part of the role definition's id. */
  readonly roleId: string
  readonly principalId: string
  readonly principalType: PrincipalType
  readonly description: string | null
  readonly condition: string | null
  readonly createdAt: number
  readonly updatedAt: number
  /** Object ids; null for what was there from the beginning. */
  readonly createdBy: string | null
  readonly updatedBy: string | null
}

export type NewRoleAssignment = Pick<RoleAssignment, 'scope' | 'roleId' | 'principalId'> & Partial<RoleAssignment>

/** The subscription's role assignments: Resource Manager writes them, every service with roles reads them. */
export interface Rbac {
  /** By name, which is unique in the tenant. */
  readonly assignments: ReadonlyMap<string, RoleAssignment>
  /** Replaces the one with the same name; a name is made up where none is given. */
  assign(assignment: NewRoleAssignment): RoleAssignment
  unassign(name: string): RoleAssignment | undefined
  /** What the principal holds at the scope or above it. */
  listFor(principalId: string, scope: string): readonly RoleAssignment[]
  /** Whether the principal holds one of these roles at the scope or above it; conditions are not looked at. */
  hasRole(principalId: string, scope: string, roleIds: readonly string[]): boolean
  /** Goes back to what was there in the beginning. */
  reset(): void
}

export function createRbac(seeds: () => readonly NewRoleAssignment[]): Rbac {
  const assignments = new Map<string, RoleAssignment>()
  const assign: Rbac['assign'] = (assignment) => {
    const complete: RoleAssignment = {
      principalType: 'ServicePrincipal',
      description: null,
      condition: null,
      createdAt: 0,
      updatedAt: 0,
      createdBy: null,
      updatedBy: null,
      ...assignment,
      name: (assignment.name ?? randomUUID()).toLowerCase(),
      roleId: assignment.roleId.toLowerCase(),
      principalId: assignment.principalId.toLowerCase(),
    }
    assignments.set(complete.name, complete)
    return complete
  }
  const listFor: Rbac['listFor'] = (principalId, scope) =>
    [...assignments.values()].filter(
      (assignment) => assignment.principalId === principalId.toLowerCase() && covers(assignment.scope, scope),
    )
  const reset = (): void => {
    assignments.clear()
    for (const seed of seeds()) assign(seed)
  }
  reset()
  return {
    assignments,
    assign,
    unassign: (name) => {
      const found = assignments.get(name.toLowerCase())
      assignments.delete(name.toLowerCase())
      return found
    },
    listFor,
    hasRole: (principalId, scope, roleIds) => {
      const wanted = roleIds.map((roleId) => roleId.toLowerCase())
      return listFor(principalId, scope).some(({ roleId }) => wanted.includes(roleId))
    },
    reset,
  }
}
