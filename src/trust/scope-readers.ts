import type { DatabricksClient, SecretAcl } from '../clients/databricks/client.ts'
import { StewardError } from '../platform/errors.ts'

/**
 * Who has a permission on the scope that nobody of ours gave: anybody may make a scope of any name, and whoever made it
 * reads all that is put there. Admins can do that anyway.
 */
export function findForeignAcls(acls: readonly SecretAcl[], ours: readonly string[]): SecretAcl[] {
  const expected = new Set(['admins', ...ours].map((name) => name.toLowerCase()))
  return acls.filter(({ principal }) => !expected.has(principal.toLowerCase()))
}

/** Why a scope of our name is not ours to fill or to remove: others have rights on it. Null when nobody has. */
export async function explainForeignAcls(
  workspace: Pick<DatabricksClient, 'listSecretAcls'>,
  {
    scopeName,
    target,
    ours,
  }: { readonly scopeName: string; readonly target: string; readonly ours: readonly string[] },
): Promise<StewardError | null> {
  const foreign = findForeignAcls(await workspace.listSecretAcls(scopeName), ours)
  if (foreign.length === 0) return null
  const who = foreign.map(({ principal, permission }) => `${principal} (${permission})`).join(', ')
  return new StewardError(
    'not-ours',
    `Others have rights on the ${target}: ${who}. Whoever made a scope, or may read it, sees every secret in it. Have a workspace admin take those rights away or delete the scope, then start again.`,
  )
}
