import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { idText } from '../answer.ts'
import type { ApiError, JsonApi } from '../json-api.ts'
import type { Right } from '../right.ts'
import { findRefusal } from '../sdk-transport.ts'
import type { RunAuthorizationCall } from './authorization-sdk.ts'
import { isMissing } from './errors.ts'
import { resourcePath } from './resource-path.ts'
import { ARM_RIGHTS } from './rights.ts'

export interface RoleAssignment {
  /** A GUID, unique in the tenant. */
  readonly name: string
  /** Resource id of what it holds for, and for everything below. */
  readonly scope: string
  /** The role definition's GUID, in lower case. */
  readonly roleId: string
  /** Object id of a user, group or service principal. */
  readonly principalId: string
  readonly principalType: string | null
  readonly description: string | null
}

export interface RoleDefinition {
  /** A GUID, in lower case; the same in every tenant for a built-in role. */
  readonly roleId: string
  readonly roleName: string
}

/** Whose assignments: those of one principal itself, those it has itself or through groups, or all. */
export type AssignmentsOf = { readonly principalId: string } | { readonly assignedTo: string } | 'everybody'

export interface RoleAssignmentCalls {
  listRoleAssignments(scope: string, of: AssignmentsOf): Promise<RoleAssignment[]>
  createRoleAssignment(
    scope: string,
    name: string,
    wish: { roleId: string; principalId: string; description: string },
  ): Promise<RoleAssignment | 'already-exists' | 'principal-not-there'>
  deleteRoleAssignment(scope: string, name: string): Promise<void>
  listRoleDefinitions(scope: string): Promise<RoleDefinition[]>
}

/** A subscription holds 8,000 assignments at most, and a tenant 5,000 roles of its own; a list without end is a broken one. */
const MAX_ITEMS = 20_000

const assignmentSchema = z
  .object({
    name: idText,
    scope: z.string().min(1).max(2048),
    roleDefinitionId: z.string().min(1).max(2048),
    principalId: idText,
    principalType: z.string().max(64).nullish(),
    description: z.string().max(4096).nullish(),
  })
  .transform(
    ({ name, scope, roleDefinitionId, principalId, principalType, description }): RoleAssignment => ({
      name,
      scope,
      roleId: readRoleId(roleDefinitionId),
      principalId,
      principalType: principalType ?? null,
      description: description ?? null,
    }),
  )

const definitionSchema = z
  .object({ name: idText, roleName: z.string().max(1024).nullish() })
  .transform(({ name, roleName }): RoleDefinition => ({ roleId: name.toLowerCase(), roleName: roleName ?? '' }))

/**
 * Calls on role assignments (https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest), version
 * 2022-04-01. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws.
 */
export function roleAssignmentCalls(run: RunAuthorizationCall, arm: JsonApi): RoleAssignmentCalls {
  const path = (scope: string, type: string): string =>
    `${resourcePath(scope)}/providers/Microsoft.Authorization/${type}`
  const explain = (error: ApiError, method: 'GET' | 'PUT' | 'DELETE', at: string, right: Right): StewardError =>
    arm.explain({ method, path: at, isRepeatable: true, right, answer: z.unknown() }, error)
  const readAll = async <T>(items: AsyncIterable<unknown>, schema: z.ZodType<T>, what: string): Promise<T[]> => {
    const read: T[] = []
    for await (const item of items) {
      read.push(schema.parse(item))
      if (read.length > MAX_ITEMS) throw new StewardError('upstream-rejected', `${what} answers without end.`)
    }
    return read
  }

  return {
    /**
     * https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope; right: `readRoleAssignments`. At
     * the scope and above it: for one principal the service lists what is below as well, which is left out here.
     */
    listRoleAssignments: async (scope, of) => {
      const at = path(scope, 'roleAssignments')
      try {
        const assignments = await run((sdk) =>
          readAll(
            sdk.roleAssignments.listForScope(scopeOf(scope), { filter: filterFor(of) }),
            assignmentSchema,
            `GET ${arm.origin}${at}`,
          ),
        )
        const below = `${scope.toLowerCase()}/`
        return assignments.filter((assignment) => !assignment.scope.toLowerCase().startsWith(below))
      } catch (thrown) {
        const refusal = findRefusal(thrown)
        throw refusal ? explain(refusal, 'GET', at, ARM_RIGHTS.readRoleAssignments) : thrown
      }
    },

    /**
     * https://learn.microsoft.com/rest/api/authorization/role-assignments/create; right: `assignRole`. The principal's type
     * is always said: else the service asks the directory, which may not know a new principal yet, and a condition on the
     * type would not hold. `already-exists` where the name is taken, or the three are there under another name.
     */
    createRoleAssignment: async (scope, name, { roleId, principalId, description }) => {
      const wish = {
        roleDefinitionId: roleDefinitionId(scope, roleId),
        principalId,
        principalType: 'ServicePrincipal',
        description,
      }
      try {
        return await run(async (sdk) =>
          assignmentSchema.parse(await sdk.roleAssignments.create(scopeOf(scope), name, wish)),
        )
      } catch (thrown) {
        const refusal = findRefusal(thrown)
        if (!refusal) throw thrown
        const { code } = refusal
        if (code === 'RoleAssignmentExists' || code === 'RoleAssignmentUpdateNotPermitted') return 'already-exists'
        if (code === 'PrincipalNotFound') return 'principal-not-there'
        throw explain(refusal, 'PUT', `${path(scope, 'roleAssignments')}/${name}`, ARM_RIGHTS.assignRole)
      }
    },

    /** https://learn.microsoft.com/rest/api/authorization/role-assignments/delete; right: `unassignRole`. Gone already, with its resource too, is fine. */
    deleteRoleAssignment: async (scope, name) => {
      try {
        await run((sdk) => sdk.roleAssignments.delete(scopeOf(scope), name))
      } catch (thrown) {
        const refusal = findRefusal(thrown)
        if (!refusal) throw thrown
        if (isMissing(refusal) || (refusal.status === 404 && refusal.code === 'RoleAssignmentNotFound')) return
        throw explain(refusal, 'DELETE', `${path(scope, 'roleAssignments')}/${name}`, ARM_RIGHTS.unassignRole)
      }
    },

    /** https://learn.microsoft.com/rest/api/authorization/role-definitions/list; right: `readRoleDefinitions`. */
    listRoleDefinitions: async (scope) => {
      const at = path(scope, 'roleDefinitions')
      try {
        return await run((sdk) =>
          readAll(sdk.roleDefinitions.list(scopeOf(scope)), definitionSchema, `GET ${arm.origin}${at}`),
        )
      } catch (thrown) {
        const refusal = findRefusal(thrown)
        throw refusal ? explain(refusal, 'GET', at, ARM_RIGHTS.readRoleDefinitions) : thrown
      }
    },
  }
}

/** The SDK writes the slash in front of a scope itself, and encodes nothing of it. */
function scopeOf(resourceId: string): string {
  return resourcePath(resourceId).slice(1)
}

function filterFor(of: AssignmentsOf): string {
  if (of === 'everybody') return 'atScope()'
  const quote = (id: string): string => `'${id.replaceAll("'", "''")}'`
  return 'principalId' in of ? `principalId eq ${quote(of.principalId)}` : `assignedTo(${quote(of.assignedTo)})`
}

function roleDefinitionId(scope: string, roleId: string): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
}

function readRoleId(definitionId: string): string {
  return definitionId.slice(definitionId.lastIndexOf('/') + 1).toLowerCase()
}
