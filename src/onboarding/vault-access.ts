import { AZURE_DATABRICKS } from '../platform/clouds.ts'
import { StewardError } from '../platform/errors.ts'
import type { LookContext } from './step.ts'

/** Built-in roles that let their holder read the values of secrets, by id. */
const READING_ROLES: ReadonlySet<string> = new Set([
  // Key Vault Secrets User, Key Vault Secrets Officer, Key Vault Administrator.
  '4633458b-17de-408a-b874-0445c86b69e6',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  '00482a5a-887f-4fb3-b363-3b7fe8e74483',
])

/**
 * Azure Databricks reads a vault as its own service principal. On a vault with access policies it lets itself in when
 * the scope is made; where roles decide, the scope is made all the same and reading fails later, so it is looked at
 * before. Throws `vault-unreadable` with the command that grants the role.
 */
export async function requireReadableVault(
  { services }: LookContext,
  { resourceId, url }: { readonly resourceId: string; readonly url: string },
): Promise<void> {
  const [vault, databricks] = await Promise.all([
    services.arm.getVault(resourceId),
    services.graph.getServicePrincipal(AZURE_DATABRICKS),
  ])
  if (!vault) {
    throw new StewardError(
      'not-found',
      `There is no vault ${resourceId}: correct vaults[].resourceId of ${url} in steward.yaml.`,
    )
  }
  if (vault.url !== url) {
    throw new StewardError(
      'differs',
      `${resourceId} is the vault ${vault.url}, not ${url}: correct vaults[] in steward.yaml.`,
    )
  }
  if (!vault.usesRbac) return
  const assignments = databricks
    ? await services.arm.listRoleAssignments(resourceId, { assignedTo: databricks.objectId })
    : []
  if (assignments.some(({ roleId }) => READING_ROLES.has(roleId))) return
  const assignee = databricks
    ? `--assignee-object-id ${databricks.objectId} --assignee-principal-type ServicePrincipal`
    : `--assignee ${AZURE_DATABRICKS}`
  throw new StewardError(
    'vault-unreadable',
    `Azure Databricks could not read ${url}: its service principal AzureDatabricks (${AZURE_DATABRICKS}) has no role there. An Owner or User Access Administrator of the vault can grant it: az role assignment create --role "Key Vault Secrets User" ${assignee} --scope ${resourceId}`,
  )
}
