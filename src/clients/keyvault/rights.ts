import type { Right } from '../right.ts'

function secretsOfficer(action: string): Right {
  return {
    action,
    on: 'the Key Vault',
    right:
      'the role Key Vault Secrets Officer on the vault (or, where it has access policies, get, list, set, delete and recover on secrets)',
    grantedBy:
      'an Owner or User Access Administrator of the vault, with az role assignment create --role "Key Vault Secrets Officer" --assignee <client id of the identity> --scope <resource id of the vault>',
  }
}

/** What Steward's identity needs on each vault (https://learn.microsoft.com/azure/key-vault/general/rbac-guide). */
export const VAULT_RIGHTS = {
  readSecret: secretsOfficer('read a secret'),
  listVersions: secretsOfficer("list a secret's versions"),
  listSecrets: secretsOfficer('list secrets'),
  setSecret: secretsOfficer('set a secret'),
  updateSecret: secretsOfficer('change the tags and the state of a secret'),
  deleteSecret: secretsOfficer('delete a secret'),
  readDeletedSecret: secretsOfficer('read a deleted secret'),
  recoverSecret: secretsOfficer('recover a deleted secret'),
} as const satisfies Record<string, Right>

/** What is lacking when the vault's firewall, not its access control, says no. */
export function networkAccess({ action, on }: Right): Right {
  return {
    action,
    on,
    right: "to come from a network that the vault's firewall lets in",
    grantedBy:
      'a Contributor of the vault, in Networking: allow the subnet of the function app, or its outgoing addresses',
  }
}
