import { z } from 'zod'
import { apiError, type DatabricksError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { findNamed, isSameName } from '../named-principals.ts'
import { readBody } from '../request-body.ts'
import { ADMINS, type Workspace } from '../workspace-state.ts'
import type { Grant, PrincipalKind } from './grant.ts'
import { isForSame, listGrants, OWNER } from './grants.ts'
import { objectTypes } from './object-types.ts'
import type { Target } from './target.ts'

const changeBody = z.strictObject({
  access_control_list: z
    .array(
      z.strictObject({
        user_name: z.string().optional(),
        group_name: z.string().optional(),
        service_principal_name: z.string().optional(),
        permission_level: z.string(),
      }),
    )
    .default([]),
})

type Entry = z.infer<typeof changeBody>['access_control_list'][number]

const nameTypes: Readonly<Record<PrincipalKind, string>> = {
  'service-principal': 'ServicePrincipalName',
  user: 'UserName',
  group: 'GroupName',
}

function invalid(message: string): DatabricksError {
  return apiError(400, 'INVALID_PARAMETER_VALUE', message)
}

function readPrincipal(entry: Entry): Pick<Grant, 'kind' | 'name'> {
  const named: Pick<Grant, 'kind' | 'name'>[] = []
  if (entry.user_name !== undefined) named.push({ kind: 'user', name: entry.user_name })
  if (entry.group_name !== undefined) named.push({ kind: 'group', name: entry.group_name })
  if (entry.service_principal_name !== undefined) {
    named.push({ kind: 'service-principal', name: entry.service_principal_name })
  }
  const [principal, ...others] = named
  if (principal !== undefined && others.length === 0) return principal
  throw invalid('Exactly one of user_name, group_name and service_principal_name must be defined')
}

function readGrant(workspace: Workspace, { collection }: Target, entry: Entry): Grant {
  const { kind, name } = readPrincipal(entry)
  const level = entry.permission_level
  const { objectType, levels } = objectTypes[collection]
  const isAdmins = kind === 'group' && isSameName(name, ADMINS)
  if (!Object.hasOwn(levels, level) && !(isAdmins && level === 'CAN_MANAGE')) {
    throw invalid(`Permission level ${level} is not one of a ${objectType}: ${Object.keys(levels).join(', ')}`)
  }
  const found = findNamed(workspace, name, kind)
  if (found === undefined) {
    throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Principal: ${nameTypes[kind]}(${name}) does not exist`)
  }
  if (kind === 'group' && level === OWNER) throw invalid(`The group ${found.name} cannot be the owner of a job.`)
  if (isAdmins && level !== 'CAN_MANAGE') {
    throw invalid(`Cannot change permissions for group '${ADMINS}' to ${level}.`)
  }
  return { kind, name: found.name, level }
}

/** Of entries for the same principal the last one counts. */
function merge(known: readonly Grant[], news: readonly Grant[]): readonly Grant[] {
  return news.reduce((grants, each) => [...grants.filter((other) => !isForSame(other, each)), each], known)
}

/** Elsewhere they inherit theirs, whatever is written. */
function checkAdmins({ collection }: Target, grants: readonly Grant[]): void {
  if (collection !== 'authorization' || grants.some(({ kind, name }) => kind === 'group' && name === ADMINS)) return
  throw invalid(`Cannot change permissions for group '${ADMINS}' to None.`)
}

function checkOwner({ workspace, caller }: WorkspaceCall, { collection, key }: Target, grants: readonly Grant[]): void {
  if (collection !== 'jobs') return
  const [owner, ...others] = grants.filter(({ level }) => level === OWNER)
  if (owner === undefined || others.length > 0) throw invalid('The job must have exactly one owner.')
  // Whether an owner may hand its job over by itself is documented nowhere, so nobody should count on it.
  const isKept = listGrants(workspace, key).some((each) => each.level === OWNER && isForSame(each, owner))
  if (isKept || caller.isAdmin) return
  throw apiError(403, 'PERMISSION_DENIED', `${caller.clientId} is not authorized to change the owner of the job.`)
}

/** PUT replaces all that is granted on the object itself, PATCH adds to it; what is inherited stays either way. */
export function changeGrants(call: WorkspaceCall, target: Target, mode: 'replace' | 'merge'): void {
  const { workspace, request } = call
  const body = readBody(request, changeBody)
  const news = body.access_control_list.map((entry) => readGrant(workspace, target, entry))
  const grants = merge(mode === 'replace' ? [] : listGrants(workspace, target.key), news)
  checkOwner(call, target, grants)
  checkAdmins(target, grants)
  workspace.grants.set(target.key, grants)
}
