import { apiError, type DatabricksError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { setInitialOwner } from '../permissions/grants.ts'
import { newId, type Workspace } from '../workspace-state.ts'
import type { WorkspaceObject } from './object-state.ts'
import { ancestorsOf, isWithin, parentOf } from './paths.ts'

export function pathNotFound(path: string): DatabricksError {
  return apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${path}) doesn't exist.`)
}

export function pathTaken(path: string): DatabricksError {
  return apiError(400, 'RESOURCE_ALREADY_EXISTS', `Path (${path}) already exists.`)
}

export function listChildren(workspace: Workspace, directory: string): readonly WorkspaceObject[] {
  return [...workspace.objects.values()].filter(({ path }) => path !== '/' && parentOf(path) === directory)
}

/** The object and everything below it. */
export function listSubtree(workspace: Workspace, root: string): readonly WorkspaceObject[] {
  return [...workspace.objects.values()].filter(({ path }) => isWithin(path, root))
}

/** Puts a new object in place; whoever makes it manages it. */
export function addObject({ workspace, caller }: WorkspaceCall, object: WorkspaceObject): void {
  workspace.objects.set(object.path, object)
  setInitialOwner(workspace, objectKeyOf(object), caller)
}

/** Makes a directory with every directory above it; refused where something else stands in the way. */
export function ensureDirectory(call: WorkspaceCall, path: string): void {
  const { objects } = call.workspace
  const wanted = [path, ...ancestorsOf(path)].toReversed()
  const obstacle = wanted.find((each) => objects.get(each)?.kind === 'notebook')
  if (obstacle !== undefined) throw pathTaken(obstacle)
  for (const each of wanted) {
    if (!objects.has(each)) addObject(call, { kind: 'directory', objectId: newId(), path: each })
  }
}

/** What permissions and grants call an object. */
export function objectKeyOf({ kind, objectId }: WorkspaceObject): string {
  return kind === 'notebook' ? `notebooks/${objectId}` : `directories/${objectId}`
}
