import type { DatabricksClient } from '../clients/databricks/client.ts'
import { StewardError } from '../platform/errors.ts'

export interface Group {
  readonly groupId: string
  readonly displayName: string
}

export interface GroupWish {
  /** Where the names stand in the request: `databricks.groups`. */
  readonly path: string
  readonly names: readonly string[]
  /** What it means that one is missing, and what to do. */
  readonly summary: string
  /** Behind the name of a missing one; nothing when absent. */
  readonly where?: string
}

/** The groups of these names. Throws `not-found` with every one that the workspace does not have. */
export async function requireGroups(
  workspace: DatabricksClient,
  { path, names, summary, where = '' }: GroupWish,
): Promise<Group[]> {
  const found = await Promise.all(names.map((name) => workspace.findGroup(name)))
  const issues = names.flatMap((name, index) =>
    found[index] ? [] : [{ path: `${path}[${index}]`, message: `there is no group "${name}"${where}` }],
  )
  if (issues.length > 0) throw new StewardError('not-found', summary, { issues })
  return found.filter((group) => group !== null)
}
