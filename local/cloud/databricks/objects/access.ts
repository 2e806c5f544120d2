import { apiError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { listLevels } from '../permissions/grants.ts'
import { newId, type Workspace } from '../workspace-state.ts'
import { protectedPaths, type WorkspaceObject } from './object-state.ts'
import { ancestorsOf, isWithin } from './paths.ts'
import { objectKeyOf } from './tree.ts'

/** Whoever looks: a caller, or whom a job acts as. */
export interface Reader {
  /** Application id of a service principal, name of a user. */
  readonly clientId: string
  readonly isAdmin: boolean
}

function homeOf(clientId: string): string {
  return `/Users/${clientId}`
}

function isAtHome(clientId: string, path: string): boolean {
  return isWithin(path.toLowerCase(), homeOf(clientId).toLowerCase())
}

/** Levels on an object, those included that come from the directories above it. */
function listLevelsAt(workspace: Workspace, clientId: string, path: string): readonly string[] {
  return [path, ...ancestorsOf(path)].flatMap((each) => {
    const object = workspace.objects.get(each)
    return object === undefined ? [] : listLevels(workspace, objectKeyOf(object), clientId)
  })
}

/** Every level lets read; the directories that all workspaces have are everybody's to see. */
export function mayRead(workspace: Workspace, { clientId, isAdmin }: Reader, { path }: WorkspaceObject): boolean {
  if (isAdmin || isAtHome(clientId, path) || protectedPaths.includes(path)) return true
  return listLevelsAt(workspace, clientId, path).length > 0
}

/** Refuses who may not change what is at a path: all but admins, those at home there, and those with CAN_MANAGE. */
export function requireManage({ workspace, caller }: WorkspaceCall, path: string): void {
  const { clientId, isAdmin } = caller
  if (isAdmin || isAtHome(clientId, path) || listLevelsAt(workspace, clientId, path).includes('CAN_MANAGE')) return
  throw apiError(403, 'PERMISSION_DENIED', `${clientId} does not have Manage permissions on ${path}.`)
}

/** Members of the workspace have a home directory from the beginning. */
export function ensureHome({ workspace, caller }: WorkspaceCall): void {
  const applicationId = caller.principal?.applicationId
  if (applicationId == null) return
  const path = homeOf(applicationId)
  if (!workspace.objects.has(path)) workspace.objects.set(path, { kind: 'directory', objectId: newId(), path })
}
