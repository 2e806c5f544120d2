import type { CloudControl } from '../../local/cloud/control.ts'

/** What the first workspace has, seen from the inside: also what no call shows. */
interface WorkspaceDescription {
  readonly servicePrincipals: readonly { readonly displayName: string }[]
  readonly scopes: readonly {
    readonly name: string
    readonly backend: string
    readonly keys?: readonly string[]
    readonly acls: readonly { readonly principal: string; readonly permission: string }[]
  }[]
  readonly objects: readonly { readonly objectId: string; readonly path: string; readonly kind: string }[]
  readonly jobs: readonly {
    readonly jobId: string
    readonly owner: { readonly kind: string; readonly name: string } | null
    readonly settings: { readonly name: string }
  }[]
  readonly runs: readonly { readonly jobId: string; readonly tasks: readonly unknown[] }[]
  /** By `jobs/<id>`, `notebooks/<id>` and `directories/<id>`. */
  readonly grants: Readonly<Record<string, readonly { kind: string; name: string; level: string }[]>>
}

export async function describeWorkspace(control: CloudControl): Promise<WorkspaceDescription> {
  const { workspaces } = await control.command<{ workspaces: WorkspaceDescription[] }>('databricks', 'inspect')
  const [first] = workspaces
  if (!first) throw new Error('the pretend Azure has no workspace')
  return first
}
