import type { Right } from '../right.ts'

/** What Steward's identity needs to see a workspace or registry (https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles). */
export const MACHINE_LEARNING_RIGHTS = {
  readResource: {
    action: 'read an Azure Machine Learning workspace or registry',
    on: 'Azure Resource Manager',
    right: 'the role Reader on the workspace or registry',
    grantedBy:
      'an Owner or User Access Administrator of it, with az role assignment create --role Reader --assignee <client id of the identity> --scope <resource id>',
  },
} as const satisfies Record<string, Right>
