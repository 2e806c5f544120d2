import type { Right } from '../right.ts'

function dataContributor(action: string, service: string): Right {
  const role = `Storage ${service} Data Contributor`
  return {
    action,
    on: "Steward's storage account",
    right: `the role ${role} on the account`,
    grantedBy: `an Owner or User Access Administrator of the account, with az role assignment create --role "${role}" --assignee <client id of the identity> --scope <resource id of the account>; with a connection string instead, AzureWebJobsStorage must hold a current key`,
  }
}

/** What Steward's identity needs on its storage account (https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory). */
export const STORAGE_RIGHTS = {
  tables: dataContributor('read and write table rows', 'Table'),
  queues: dataContributor('send queue messages', 'Queue'),
  leases: dataContributor('lease blobs', 'Blob'),
} as const satisfies Record<string, Right>
