import type { Caller } from '../callers.ts'
import { isSameName, listGroupNamesOf } from '../named-principals.ts'
import type { Workspace } from '../workspace-state.ts'
import type { Grant } from './grant.ts'

export const OWNER = 'IS_OWNER'

export function isForSame(a: Grant, b: Grant): boolean {
  return a.kind === b.kind && isSameName(a.name, b.name)
}

/** Keys of objects are `jobs/<id>`, `notebooks/<id>` and `directories/<id>`. */
export function listGrants(workspace: Workspace, objectKey: string): readonly Grant[] {
  return workspace.grants.get(objectKey) ?? []
}

/** Whoever makes a job owns it; whoever makes something else manages it. */
export function setInitialOwner(workspace: Workspace, objectKey: string, { principal, clientId }: Caller): void {
  const name = principal?.applicationId ?? clientId
  const level = objectKey.startsWith('jobs/') ? OWNER : 'CAN_MANAGE'
  workspace.grants.set(objectKey, [{ kind: 'service-principal', name, level }])
}

/** For an object that is gone. */
export function forgetGrants(workspace: Workspace, objectKey: string): void {
  workspace.grants.delete(objectKey)
}

export function findOwner(workspace: Workspace, jobId: string): Pick<Grant, 'kind' | 'name'> | null {
  const owner = listGrants(workspace, `jobs/${jobId}`).find(({ level }) => level === OWNER)
  return owner === undefined ? null : { kind: owner.kind, name: owner.name }
}

/** Levels given on the object itself to somebody by name, or to a group it is in. */
export function listLevels(workspace: Workspace, objectKey: string, name: string): readonly string[] {
  const grants = listGrants(workspace, objectKey)
  if (grants.length === 0) return []
  const groups = listGroupNamesOf(workspace, name)
  const isHeld = (grant: Grant): boolean =>
    grant.kind === 'group' ? groups.some((group) => isSameName(group, grant.name)) : isSameName(grant.name, name)
  return grants.filter(isHeld).map(({ level }) => level)
}
