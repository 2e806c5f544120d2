import type { Application } from '../clients/graph/client.ts'
import { applicationUniqueName, isStewardUniqueName, type Owner } from '../trust/marks.ts'

/** What is known of an application that answers to the request. */
export interface ApplicationState {
  readonly application: Pick<Application, 'uniqueName'>
  /** Object ids of its owners. */
  readonly ownerIds: readonly string[]
  /** Object id of Steward's own service principal. */
  readonly ownObjectId: string
  /** Whether the request names it by its client id and consents to using it. */
  readonly isAdopted: boolean
}

export type ApplicationDecision =
  | { readonly kind: 'use' }
  | { readonly kind: 'refuse'; readonly reason: 'not-ours' | 'belongs-to-another' }

/**
 * Decides whether an application may be used. A unique name can be chosen by anybody who may register applications, so
 * it counts only together with Steward being the one owner: whoever else owns it can sign in as it.
 */
export function decideApplication(owner: Owner, state: ApplicationState): ApplicationDecision {
  const { uniqueName } = state.application
  if (state.isAdopted) {
    const isAnothers =
      uniqueName !== null && isStewardUniqueName(uniqueName) && uniqueName !== applicationUniqueName(owner)
    return isAnothers ? { kind: 'refuse', reason: 'belongs-to-another' } : { kind: 'use' }
  }
  const isOwnedByUsAlone = state.ownerIds.length === 1 && state.ownerIds[0] === state.ownObjectId
  return isOwnedByUsAlone ? { kind: 'use' } : { kind: 'refuse', reason: 'not-ours' }
}
