import type { Workspace } from '../workspace-state.ts'
import type { SecretScope } from './secret-scope.ts'

function describeScope(scope: SecretScope): unknown {
  const { name, backend, acls } = scope
  return scope.backend === 'DATABRICKS'
    ? { name, backend, acls, keys: [...scope.secrets.values()].map(({ key }) => key) }
    : { name, backend, acls, resourceId: scope.resourceId, dnsName: scope.dnsName }
}

/** Scopes with who may do what and the keys of what is kept in them; never a value. */
export function describeScopes(workspace: Workspace): readonly unknown[] {
  return [...workspace.scopes.values()].map(describeScope)
}

/** Every value that Databricks keeps, for those who search for it where it must not be. */
export function listStoredValues(workspace: Workspace): readonly string[] {
  return [...workspace.scopes.values()].flatMap((scope) =>
    scope.backend === 'DATABRICKS' ? [...scope.secrets.values()].map(({ value }) => value.toString()) : [],
  )
}
