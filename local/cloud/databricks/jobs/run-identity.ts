import { listGroupNamesOf } from '../named-principals.ts'
import { findOwner } from '../permissions/grants.ts'
import { ADMINS, type Workspace } from '../workspace-state.ts'

/** Whom a run acts as. */
export interface RunIdentity {
  /** Application id of a service principal, name of a user: what permissions and secrets know it by. */
  readonly name: string
  readonly displayName: string
  readonly isAdmin: boolean
  readonly mayCreateClusters: boolean
}

/** Groups give their entitlements to their members; admins may create clusters anyway. */
function describe(
  workspace: Workspace,
  name: string,
  displayName: string,
  ownEntitlements: readonly string[],
): RunIdentity {
  const groupNames = listGroupNamesOf(workspace, name)
  const groups = workspace.groups.values().filter((group) => groupNames.includes(group.displayName))
  const entitlements = [...ownEntitlements, ...groups.flatMap((group) => group.entitlements)]
  const isAdmin = groupNames.includes(ADMINS)
  return { name, displayName, isAdmin, mayCreateClusters: isAdmin || entitlements.includes('allow-cluster-create') }
}

/** The identity of a service principal; null when there is none that is active. */
export function findPrincipalIdentity(workspace: Workspace, applicationId: string): RunIdentity | null {
  const wanted = applicationId.toLowerCase()
  const principal = workspace.principals
    .values()
    .find((each) => each.active && each.applicationId?.toLowerCase() === wanted)
  if (principal === undefined) return null
  return describe(workspace, principal.applicationId ?? applicationId, principal.displayName, principal.entitlements)
}

/** The owner of the job, unless it says that it runs as another. Null when the owner is gone from the workspace, or may not act any more. */
export function findRunIdentity(workspace: Workspace, jobId: string): RunIdentity | null {
  const runAs = workspace.jobs.get(jobId)?.settings.run_as
  if (runAs !== undefined) return findPrincipalIdentity(workspace, runAs.service_principal_name)
  const owner = findOwner(workspace, jobId)
  if (owner === null) return null
  if (owner.kind === 'service-principal') return findPrincipalIdentity(workspace, owner.name)
  const user = [...workspace.users.values()].find(({ displayName }) => displayName === owner.name)
  return user === undefined ? null : describe(workspace, owner.name, user.displayName, [])
}
