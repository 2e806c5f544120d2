import { apiError, type DatabricksError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { requireJobRight } from '../jobs/access.ts'
import { mayRead, requireManage } from '../objects/access.ts'
import { ancestorsOf } from '../objects/paths.ts'
import { objectKeyOf } from '../objects/tree.ts'
import { requireAdmin, TOKENS_KEY } from '../tokens/access.ts'
import { ADMINS, type Workspace } from '../workspace-state.ts'
import type { Grant } from './grant.ts'
import { listGrants } from './grants.ts'
import { type Collection, collections, objectTypes } from './object-types.ts'

export interface InheritedGrant extends Grant {
  /** Path of the object that it is given on, such as `/jobs/`. */
  readonly from: string
}

/** The object whose permissions a call is about. */
export interface Target {
  readonly collection: Collection
  /** As grants are kept by. */
  readonly key: string
  /** What comes from above and cannot be taken away here. */
  readonly inherited: readonly InheritedGrant[]
}

const admins: Grant = { kind: 'group', name: ADMINS, level: 'CAN_MANAGE' }

function notFound(collection: Collection, id: string): DatabricksError {
  return apiError(404, 'RESOURCE_DOES_NOT_EXIST', `${objectTypes[collection].objectType} ${id} does not exist.`)
}

function inheritFromDirectories(workspace: Workspace, path: string): readonly InheritedGrant[] {
  return ancestorsOf(path).flatMap((each) => {
    const directory = workspace.objects.get(each)
    if (directory === undefined) return []
    const key = objectKeyOf(directory)
    const given = each === '/' ? [admins, ...listGrants(workspace, key)] : listGrants(workspace, key)
    return given.map((grant) => ({ ...grant, from: `/${key}` }))
  })
}

function findJob(call: WorkspaceCall, id: string, right: 'view' | 'manage'): Target {
  requireJobRight(right, call, id)
  if (!call.workspace.jobs.has(id)) throw notFound('jobs', id)
  return { collection: 'jobs', key: `jobs/${id}`, inherited: [{ ...admins, from: '/jobs/' }] }
}

function findObject(call: WorkspaceCall, collection: Collection, id: string, right: 'view' | 'manage'): Target {
  const { workspace, caller } = call
  const key = `${collection}/${id}`
  const object = [...workspace.objects.values()].find((each) => objectKeyOf(each) === key)
  if (object === undefined && caller.isAdmin) throw notFound(collection, id)
  if (object === undefined || !mayRead(workspace, caller, object)) {
    throw apiError(403, 'PERMISSION_DENIED', `${caller.clientId} does not have permission to view ${key}.`)
  }
  if (right === 'manage') requireManage(call, object.path)
  return { collection, key, inherited: inheritFromDirectories(workspace, object.path) }
}

/** What permissions on all tokens hang on, which a workspace does not have before its first token. */
function findTokens(call: WorkspaceCall): Target {
  requireAdmin(call)
  const { hasHadTokens, isBornWithFirstToken } = call.workspace.tokens
  if (isBornWithFirstToken && !hasHadTokens) {
    throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', 'tokens tokens does not exist')
  }
  // The admins' own permission is given like any other, and so can go missing in a change.
  return { collection: 'authorization', key: TOKENS_KEY, inherited: [] }
}

/** The object of the path, for who may see or manage its permissions: who may not learns nothing of whether it is there. */
export function findTarget(call: WorkspaceCall, right: 'view' | 'manage'): Target {
  const { collection: name, id = '' } = call.request.params
  const collection = collections.find((each) => each === name)
  if (collection === undefined) throw new Error(`no permissions on ${name}`)
  if (collection === 'authorization') return findTokens(call)
  if (!/^\d+$/.test(id)) throw apiError(400, 'INVALID_PARAMETER_VALUE', `${id} is not the id of a ${collection}`)
  return collection === 'jobs' ? findJob(call, id, right) : findObject(call, collection, id, right)
}
