import type { CloudControl } from '../../local/cloud/control.ts'
import { VAULT } from '../support/onboarding-request.ts'

/** A token of the first workspace, with the value that only its maker was ever shown. */
export interface TokenInside {
  readonly tokenId: string
  readonly applicationId: string
  readonly comment: string | null
  readonly state: string
  readonly value: string
}

export async function listTokensInside(control: CloudControl): Promise<TokenInside[]> {
  const { tokens } = await control.command<{ tokens: Omit<TokenInside, 'value'>[] }>('databricks', 'tokens')
  // Asked second, and in the same order: what came in between is behind.
  const { values } = await control.command<{ values: string[] }>('databricks', 'credentialValues')
  return tokens.map((token, index) => ({ ...token, value: values[index] ?? '' }))
}

/** A version of a secret in the vault of these tests. */
export interface VersionInside {
  readonly version: string
  readonly isEnabled: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly value: string
}

interface Vaults {
  readonly vaults: readonly {
    readonly secrets: readonly {
      readonly name: string
      readonly versions: readonly {
        readonly version: string
        readonly attributes: { readonly enabled: boolean }
        readonly tags?: Readonly<Record<string, string>>
      }[]
    }[]
  }[]
}

/** By secret, oldest first; the last one is what a reader of the name gets. */
export async function listVersionsInside(control: CloudControl): Promise<Map<string, VersionInside[]>> {
  const vault = new URL(VAULT).hostname
  const { vaults } = await control.command<Vaults>('keyvault', 'inspect', { vault })
  const { values } = await control.command<{ values: { version: string; value: string }[] }>('keyvault', 'values', {
    vault,
  })
  const heldBy = new Map(values.map(({ version, value }) => [version, value]))
  const secrets = vaults.flatMap((one) => one.secrets)
  return new Map(
    secrets.map(({ name, versions }) => [
      name,
      versions.map(({ version, attributes, tags = {} }) => ({
        version,
        isEnabled: attributes.enabled,
        tags,
        value: heldBy.get(version) ?? '',
      })),
    ]),
  )
}

interface ApplicationInside {
  readonly appId: string
  readonly passwordCredentials: readonly { readonly keyId: string; readonly displayName: string | null }[]
}

export async function listPasswordsInside(
  control: CloudControl,
): Promise<{ clientId: string; keyId: string; displayName: string | null }[]> {
  const { applications } = await control.command<{ applications: ApplicationInside[] }>('graph', 'inspect')
  return applications.flatMap(({ appId, passwordCredentials }) =>
    passwordCredentials.map(({ keyId, displayName }) => ({ clientId: appId, keyId, displayName })),
  )
}

/** What is in the scopes of all workspaces. */
export async function listCopiesInside(control: CloudControl): Promise<string[]> {
  return (await control.command<{ values: string[] }>('databricks', 'workspaceSecretValues')).values
}
