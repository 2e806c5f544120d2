import { apiError } from '../errors.ts'
import type { DatabricksState } from '../guard.ts'
import type { Workspace } from '../workspace-state.ts'
import { findScopeFor, type ScopeUser } from './access.ts'
import { readVaultValue } from './vault.ts'

export interface SecretName {
  readonly scope: string
  readonly key: string
}

/** The value, for who has READ on the scope; throws the service's refusals. */
export function readSecret(state: DatabricksState, workspace: Workspace, user: ScopeUser, name: SecretName): Buffer {
  const scope = findScopeFor('READ', workspace, user, name.scope)
  const value =
    scope.backend === 'DATABRICKS'
      ? scope.secrets.get(name.key.toLowerCase())?.value
      : readVaultValue(state.world, scope, name.key)
  if (value != null) return Buffer.from(value)
  throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Secret does not exist with scope: ${scope.name} and key: ${name.key}`)
}
