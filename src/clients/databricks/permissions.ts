import { z } from 'zod'
import type { ApiCall, JsonApi } from '../json-api.ts'
import { ask, isMissing, isUnknownPrincipal, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export type PermissionObject = 'jobs' | 'notebooks' | 'directories'

export type PrincipalKind = 'user' | 'group' | 'service-principal'

/** A grant on the object itself. */
export interface DirectGrant {
  readonly principal: {
    readonly kind: PrincipalKind
    /** Service principals go by their application id. Case may differ from what was sent. */
    readonly name: string
  }
  /** `CAN_READ`, `IS_OWNER` and the like. */
  readonly level: string
}

export interface Grant extends DirectGrant {
  /** From the object above, such as the folder. */
  readonly isInherited: boolean
}

export interface PermissionCalls {
  /** Null when the object is not there. */
  getPermissions(object: PermissionObject, objectId: string): Promise<Grant[] | null>
  /** Replaces every direct grant; gives what is granted then. */
  setPermissions(
    object: PermissionObject,
    objectId: string,
    grants: readonly DirectGrant[],
  ): Promise<Grant[] | 'principal-not-there'>
  /** Adds to what is granted; gives what is granted then. */
  addPermissions(
    object: PermissionObject,
    objectId: string,
    grants: readonly DirectGrant[],
  ): Promise<Grant[] | 'principal-not-there'>
}

const name = z.string().min(1).max(1024)

/** An entry for a principal of no known kind is refused: replacing the list without it would take its rights away. */
const entryAnswer = z
  .object({
    user_name: name.optional(),
    group_name: name.optional(),
    service_principal_name: name.optional(),
    all_permissions: z
      .array(z.object({ permission_level: z.string().max(64), inherited: z.boolean().default(false) }))
      .max(100)
      .default([]),
  })
  .transform(({ user_name, group_name, service_principal_name, all_permissions }, context): Grant[] => {
    const principal = toPrincipal({ user_name, group_name, service_principal_name })
    if (principal) {
      return all_permissions.map(({ permission_level, inherited }) => ({
        principal,
        level: permission_level,
        isInherited: inherited,
      }))
    }
    context.addIssue({ code: 'custom', message: 'is for no user, group or service principal' })
    return z.NEVER
  })

/** Every grant that an answer tells of, each by itself. */
export const permissionsAnswer = z
  .object({ access_control_list: z.array(entryAnswer).max(10_000).default([]) })
  .transform(({ access_control_list }) => access_control_list.flat())

/** Calls on who may do what with an object. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function permissionCalls(workspace: JsonApi): PermissionCalls {
  const pathOf = (object: PermissionObject, objectId: string): string =>
    `/api/2.0/permissions/${object}/${encodeURIComponent(objectId)}`

  const change = (call: ApiCall<Grant[]>, grants: readonly DirectGrant[]): Promise<Grant[] | 'principal-not-there'> => {
    const names = grants.map(({ principal }) => principal.name)
    return ask(workspace, call, (error) => (isUnknownPrincipal(error, names) ? 'principal-not-there' : undefined))
  }

  const changeCall = (method: 'PUT' | 'PATCH', path: string, grants: readonly DirectGrant[]): ApiCall<Grant[]> => ({
    method,
    path,
    body: { access_control_list: grants.map(toEntry) },
    isRepeatable: true,
    right: DATABRICKS_RIGHTS.changePermissions,
    answer: permissionsAnswer,
  })

  return {
    /** https://docs.databricks.com/api/azure/workspace/permissions/get; right: `readPermissions`. */
    getPermissions: (object, objectId) => {
      const right = DATABRICKS_RIGHTS.readPermissions
      const call = readCall(pathOf(object, objectId), {}, { right, answer: permissionsAnswer })
      return ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
    },

    /** https://docs.databricks.com/api/azure/workspace/permissions/set; right: `changePermissions`. A job has exactly one owner, and no group can be it. */
    setPermissions: (object, objectId, grants) => change(changeCall('PUT', pathOf(object, objectId), grants), grants),

    /** https://docs.databricks.com/api/azure/workspace/permissions/update; right: `changePermissions`. */
    addPermissions: (object, objectId, grants) => change(changeCall('PATCH', pathOf(object, objectId), grants), grants),
  }
}

const FIELD = {
  user: 'user_name',
  group: 'group_name',
  'service-principal': 'service_principal_name',
} as const satisfies Record<PrincipalKind, string>

type PrincipalFields = { readonly [field in (typeof FIELD)[PrincipalKind]]?: string | undefined }

function toEntry({ principal, level }: DirectGrant): Readonly<Record<string, string>> {
  return { [FIELD[principal.kind]]: principal.name, permission_level: level }
}

function toPrincipal(fields: PrincipalFields): Grant['principal'] | undefined {
  for (const kind of ['service-principal', 'group', 'user'] as const) {
    const found = fields[FIELD[kind]]
    if (found !== undefined) return { kind, name: found }
  }
  return undefined
}
