import type { Right } from '../right.ts'

/** Reader is the narrowest of the built-in roles that see a resource and who has access to it. */
function reader(action: string): Right {
  return {
    action,
    on: 'Azure Resource Manager',
    right: 'the role Reader on the resource, or on the resource group or subscription it is in',
    grantedBy:
      'an Owner or User Access Administrator of the resource, with az role assignment create --role Reader --assignee <client id of the identity> --scope <resource id>',
  }
}

function accessAdministrator(action: string): Right {
  return {
    action,
    on: 'Azure Resource Manager',
    right:
      'the role Role Based Access Control Administrator on the resource (User Access Administrator and Owner do as well); if that assignment has a condition, the condition must list this role and the principal type ServicePrincipal, for write and for delete',
    grantedBy:
      'an Owner or User Access Administrator of the resource, with az role assignment create --role "Role Based Access Control Administrator" --assignee <client id of the identity> --scope <resource id> --condition-version 2.0 --condition <condition>',
  }
}

/** What Steward's identity needs on the resources that it gives access to (https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest). */
export const ARM_RIGHTS = {
  readRoleAssignments: reader('list the role assignments of a resource'),
  readRoleDefinitions: reader('list the roles that a resource has'),
  assignRole: accessAdministrator('assign a role'),
  unassignRole: accessAdministrator('delete a role assignment'),
  readVault: reader('read the settings of a vault'),
} as const satisfies Record<string, Right>
