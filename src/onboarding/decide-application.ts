import type { Application } from '../clients/graph/client.ts'
import { applicationUniqueName, isCredentialMark, isStewardUniqueName, type Owner } from '../trust/marks.ts'

/** What is known of an application that answers to the request. */
export interface ApplicationState {
  readonly application: Pick<Application, 'uniqueName'>
  /** Object ids of its owners. */
  readonly ownerIds: readonly string[]
  /** What signs in as it and was not put there by Steward; see `findForeignCredentials`. */
  readonly foreignCredentials: readonly string[]
  /** Object id of Steward's own service principal. */
  readonly ownObjectId: string
  /** Whether the request names it by its client id and consents to using it. */
  readonly isAdopted: boolean
}

export type ApplicationDecision =
  | { readonly kind: 'use' }
  | { readonly kind: 'refuse'; readonly reason: 'belongs-to-another' | 'owned-by-others' }
  | { readonly kind: 'refuse'; readonly reason: 'foreign-credentials'; readonly credentials: readonly string[] }

/**
 * Decides whether an application may be used. A unique name can be chosen by anybody who may register applications, so
 * it counts only together with Steward being the one owner and every credential being ours: whoever else owns it, or
 * left a credential behind when he gave it away, can sign in as it.
 */
export function decideApplication(owner: Owner, state: ApplicationState): ApplicationDecision {
  const { uniqueName } = state.application
  if (state.isAdopted) {
    const isAnothers =
      uniqueName !== null && isStewardUniqueName(uniqueName) && uniqueName !== applicationUniqueName(owner)
    return isAnothers ? { kind: 'refuse', reason: 'belongs-to-another' } : { kind: 'use' }
  }
  const isOwnedByUsAlone = state.ownerIds.length === 1 && state.ownerIds[0] === state.ownObjectId
  if (!isOwnedByUsAlone) return { kind: 'refuse', reason: 'owned-by-others' }
  const credentials = state.foreignCredentials
  return credentials.length > 0 ? { kind: 'refuse', reason: 'foreign-credentials', credentials } : { kind: 'use' }
}

/** Names, for people, everything that can sign in as the application but bears no mark of this deployment. */
export function findForeignCredentials(
  instance: string,
  { passwordCredentials, keyCredentials }: Pick<Application, 'passwordCredentials' | 'keyCredentials'>,
  federatedNames: readonly string[],
): string[] {
  const passwords = passwordCredentials.filter(
    ({ displayName }) => displayName === null || !isCredentialMark(instance, displayName),
  )
  return [
    ...passwords.map(({ keyId, displayName }) => `client secret ${displayName ?? '(no name)'} (${keyId})`),
    ...keyCredentials.map(({ keyId, displayName }) => `certificate ${displayName ?? '(no name)'} (${keyId})`),
    ...federatedNames.map((name) => `federated credential ${name}`),
  ]
}
