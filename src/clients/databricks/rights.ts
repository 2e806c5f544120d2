import type { Right } from '../right.ts'

function workspaceAdmin(action: string): Right {
  return {
    action,
    on: 'the Azure Databricks workspace',
    right: 'to be a service principal of the workspace and a member of its group "admins"',
    grantedBy:
      'a workspace admin, in Settings > Identity and access: add the identity by its client id and put it into "admins"',
  }
}

/** What Steward's identity needs in a workspace (https://learn.microsoft.com/azure/databricks/admin/users-groups/service-principals). */
export const DATABRICKS_RIGHTS = {
  readServicePrincipals: workspaceAdmin('read service principals'),
  createServicePrincipal: workspaceAdmin('add a service principal'),
  changeServicePrincipal: workspaceAdmin('change a service principal'),
  readGroups: workspaceAdmin('read groups'),
  changeGroup: workspaceAdmin('put a service principal into a group'),
} as const satisfies Record<string, Right>
