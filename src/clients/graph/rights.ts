import type { Right } from '../right.ts'

const GRANTED_BY =
  'a Privileged Role Administrator, with POST /servicePrincipals/{object id of the identity}/appRoleAssignments'

/** The role lets an application create applications and change those that it owns, and no others. */
function ownedBy(action: string): Right {
  return {
    action,
    on: 'Microsoft Graph',
    right: 'the Graph application role Application.ReadWrite.OwnedBy and, for what is there already, to be its owner',
    grantedBy: GRANTED_BY,
  }
}

/** Who owns something that was deleted does not count. */
function readAll(action: string): Right {
  return {
    action,
    on: 'Microsoft Graph',
    right: 'the Graph application role Application.Read.All',
    grantedBy: GRANTED_BY,
  }
}

/** What Steward's identity needs on Microsoft Graph (https://learn.microsoft.com/graph/permissions-reference). */
export const GRAPH_RIGHTS = {
  readApplication: ownedBy('read an application'),
  createApplication: ownedBy('create an application'),
  deleteApplication: ownedBy('delete an application'),
  readDeletedApplications: readAll('read deleted applications'),
  readDeletedServicePrincipals: readAll('read deleted service principals'),
  restoreDeleted: ownedBy('restore a deleted application or service principal'),
  readServicePrincipal: ownedBy('read a service principal'),
  createServicePrincipal: ownedBy('create a service principal'),
  changePasswords: ownedBy('add and remove client secrets of an application'),
  changeFederatedCredentials: ownedBy('add and remove federated credentials of an application'),
} as const satisfies Record<string, Right>
