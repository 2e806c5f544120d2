import { DatabricksError } from '../errors.ts'
import type { DatabricksState } from '../guard.ts'
import type { Workspace } from '../workspace-state.ts'
import { describeScopeUser } from './access.ts'
import { readSecret, type SecretName } from './read-secret.ts'

export interface SecretReference extends SecretName {
  /** Of the service principal that the cluster runs as. */
  readonly applicationId: string
}

export type ResolvedSecret =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'refused'; readonly message: string }

function readCode({ response }: DatabricksError): string {
  return (response.body as { readonly error_code: string }).error_code
}

/** What a cluster start makes of `{{secrets/scope/key}}`: rights are those of whom the cluster runs as, nobody else's. */
export function resolveSecret(
  state: DatabricksState,
  workspace: Workspace,
  reference: SecretReference,
): ResolvedSecret {
  const user = describeScopeUser(workspace, reference.applicationId)
  try {
    return { kind: 'value', value: readSecret(state, workspace, user, reference).toString() }
  } catch (error) {
    if (!(error instanceof DatabricksError)) throw error
    return { kind: 'refused', message: `${readCode(error)}: ${error.message}` }
  }
}
