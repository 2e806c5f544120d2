import type { Application, DeletedItem } from '../clients/graph/client.ts'
import { GRAPH_RIGHTS } from '../clients/graph/rights.ts'
import { StewardError } from '../platform/errors.ts'
import type { ApplicationDecision } from './decide-application.ts'

type Refusal = ApplicationDecision & { kind: 'refuse' }

/** Why an application that is there cannot be used, or removed, as the onboarding's own. */
export function explainRefusal(decision: Refusal, { clientId, uniqueName }: Application): StewardError {
  const adopt = `have an Admin adopt it with "clientId": "${clientId}" and "adopt": true`
  switch (decision.reason) {
    case 'belongs-to-another':
      return new StewardError(
        'belongs-to-another',
        `The application ${clientId} was made by another onboarding (${uniqueName}) and cannot be adopted. Use that onboarding, or another application.`,
      )
    case 'owned-by-others':
      return new StewardError(
        'not-ours',
        `The application ${clientId} has our unique name ${uniqueName}, but Steward is not its one owner, so somebody else may sign in as it. Remove the other owners; or ${adopt}.`,
      )
    case 'foreign-credentials':
      return new StewardError(
        'not-ours',
        `The application ${clientId} has our unique name ${uniqueName}, but ${describeCredentials(decision.credentials)}, so somebody else may sign in as it. Remove what Steward did not put there, or delete and purge the application; or ${adopt}.`,
      )
  }
}

/** Why a deleted application that has our unique name stays deleted. */
export function explainUnrestored(
  { objectId, clientId }: DeletedItem,
  decision: Refusal | { readonly reason: 'denied' },
  uniqueName: string,
): StewardError {
  const found = describeFound(decision)
  return new StewardError(
    'not-ours',
    `The deleted application ${clientId} keeps our unique name ${uniqueName} to itself, but ${found}, so it stays deleted. Purge it (DELETE /directory/deletedItems/${objectId} in Microsoft Graph), or restore it and have an Admin adopt it with "clientId": "${clientId}" and "adopt": true.`,
  )
}

/** What most likely holds a unique name that is taken by nothing that Steward can see. */
export function explainUnseenHolder(uniqueName: string): StewardError {
  const { action, on, right, grantedBy } = GRAPH_RIGHTS.readDeletedApplications
  return new StewardError(
    'upstream-denied',
    `The unique name ${uniqueName} is taken, but no application that Steward can see has it: a deleted one probably does, and Steward may not ${action} on ${on}. Missing is ${right}; it is granted by ${grantedBy}. Or find the deleted application by hand and purge it, or restore it, then start the onboarding again.`,
  )
}

function describeFound(decision: Refusal | { readonly reason: 'denied' }): string {
  if (decision.reason === 'foreign-credentials') return describeCredentials(decision.credentials)
  return decision.reason === 'denied'
    ? 'Steward may not restore it, so it is not its owner'
    : 'Steward is not its one owner'
}

function describeCredentials(credentials: readonly string[]): string {
  const shown = credentials.slice(0, 5).join(', ')
  return `it has ${credentials.length > 5 ? `${shown} and ${credentials.length - 5} more` : shown}`
}
