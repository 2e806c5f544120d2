import type { CloudControl } from './cloud/control.ts'

/** What exists in the pretend Azure, as far as an onboarding makes it; no secrets. */
export interface Inventory {
  readonly applications: readonly {
    readonly displayName: string
    readonly uniqueName: string | null
    readonly appId: string
    readonly deletedDateTime?: string | null
    readonly passwordCredentials: readonly { readonly keyId: string; readonly displayName: string | null }[]
  }[]
  readonly servicePrincipals: readonly { readonly appId: string; readonly displayName: string }[]
  readonly secrets: readonly {
    readonly vault: string
    readonly name: string
    readonly versions: readonly { readonly version: string; readonly tags?: Readonly<Record<string, string>> }[]
  }[]
  readonly workspaces: readonly {
    readonly workspace: string
    readonly servicePrincipals: readonly {
      readonly id: string
      readonly applicationId: string
      readonly displayName: string
      readonly externalId?: string
      readonly entitlements?: readonly { readonly value: string }[]
      readonly groups?: readonly { readonly display?: string }[]
    }[]
    readonly scopes: readonly {
      readonly name: string
      readonly backend: 'DATABRICKS' | 'AZURE_KEYVAULT'
      readonly keys: readonly string[]
      readonly acls: readonly { readonly principal: string; readonly permission: string }[]
    }[]
    readonly jobs: readonly {
      readonly jobId: string
      readonly owner: { readonly kind: string; readonly name: string } | null
      readonly settings: { readonly name: string; readonly tags?: Readonly<Record<string, string>> }
    }[]
    readonly runs: readonly {
      readonly runId: string
      readonly jobId: string
      readonly tasks: readonly {
        readonly resolvedSecrets: readonly {
          readonly scope: string
          readonly key: string
          readonly sha256: string
        }[]
      }[]
    }[]
    readonly objects: readonly { readonly path: string; readonly kind: string }[]
  }[]
  readonly roleAssignments: readonly {
    readonly name: string
    readonly scope: string
    readonly roleName: string | null
    readonly principalId: string
    readonly principalType: string
    readonly description: string | null
  }[]
}

export async function takeInventory(control: CloudControl): Promise<Inventory> {
  const [graph, keyvault, databricks, arm] = await Promise.all([
    control.command<Pick<Inventory, 'applications' | 'servicePrincipals'>>('graph', 'inspect'),
    control.command<{ vaults: { vault: string; secrets: Omit<Inventory['secrets'][number], 'vault'>[] }[] }>(
      'keyvault',
      'inspect',
    ),
    control.command<Pick<Inventory, 'workspaces'>>('databricks', 'inspect'),
    control.command<{ assignments: Inventory['roleAssignments'] }>('arm', 'inspect'),
  ])
  const secrets = keyvault.vaults.flatMap(({ vault, secrets: found }) => found.map((secret) => ({ vault, ...secret })))
  return { ...graph, secrets, workspaces: databricks.workspaces, roleAssignments: arm.assignments }
}

/** Every secret text that the pretend Azure ever gave out: what must be found nowhere but in a vault. */
export async function listCanaries(control: CloudControl): Promise<string[]> {
  const [{ secrets }, { values }] = await Promise.all([
    control.command<{ secrets: string[] }>('graph', 'secrets'),
    control.command<{ values: string[] }>('databricks', 'credentialValues'),
  ])
  return [...secrets, ...values]
}

/** What a request log shows as changing something; asking for a token does not. */
export function isWrite({ method, service }: { readonly method: string; readonly service: string }): boolean {
  return method !== 'GET' && service !== 'entra' && service !== 'identity'
}
