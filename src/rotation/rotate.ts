import type { DatabricksClient } from '../clients/databricks/client.ts'
import type { SecretVersion } from '../clients/keyvault/client.ts'
import type { Patience } from '../platform/propagation.ts'
import type { RotationPolicy } from '../platform/rotation-policy.ts'
import { type CredentialTags, mergeTags, readCredentialTags, writeCredentialTags } from '../trust/credential-tags.ts'
import type { Guard } from '../trust/exclusion.ts'
import { credentialMark } from '../trust/marks.ts'
import { renewCredential } from '../trust/renew-credential.ts'
import { explainForeignAcls } from '../trust/scope-readers.ts'
import type { Gathered } from './gather.ts'
import type { CredentialRef } from './status.ts'

export interface ActPorts {
  workspace(url: string): DatabricksClient
  whoAmI(): Promise<{ readonly clientId: string }>
}

/** One credential that is worked on. */
export interface Work {
  readonly gathered: Gathered & { readonly tags: CredentialTags; readonly provider: NonNullable<Gathered['provider']> }
  readonly policy: RotationPolicy
  readonly patience: Patience
  readonly guard: Guard
}

/** For people: `secret databricks-token in kv-etl.vault.azure.net`. */
export function describeCredential({ vaultUrl, secretName }: CredentialRef): string {
  return `secret ${secretName} in ${new URL(vaultUrl).hostname}`
}

/**
 * Replaces the credential: a new one is made, used, stored and read back, and copied into its scope; the one before stays
 * valid for its grace. `previous`: what the new version shall tell of those before it.
 */
export async function rotateCredential(
  ports: ActPorts,
  work: Work,
  previous: CredentialTags['previous'],
): Promise<CredentialTags> {
  const { gathered, policy, patience, guard } = work
  const { ref, vault, tags, provider, live, current } = gathered
  await provider.requireIssuable(policy.lifetimeDays, live)
  const held = live.find(({ credentialId }) => credentialId === tags.credentialId)
  const scope = tags.scope && { ...tags.scope, isPending: true }
  let renewed: CredentialTags | undefined
  const version = await renewCredential({
    provider,
    place: { vault, secretName: ref.secretName, target: describeCredential(ref) },
    wish: {
      mark: credentialMark(tags.owner.instance, ref.vaultUrl, ref.secretName),
      lifetimeDays: policy.lifetimeDays,
      scopes: held?.scopes ?? null,
    },
    tagsOf: ({ credentialId }) => {
      renewed = { ...tags, credentialId, previous, scope }
      return mergeTags(current?.tags ?? {}, writeCredentialTags(renewed))
    },
    patience,
    guard,
  })
  if (!renewed) throw new TypeError('a credential was stored without tags')
  if (scope) await copyCredential(ports, work, version, renewed)
  return renewed
}

/**
 * Puts the version's value into the scope under the secret's name, if nobody but the principal reads there. What another
 * worker stored meanwhile is put over it: whoever writes last has seen what is current.
 */
export async function copyCredential(
  ports: ActPorts,
  { gathered, guard }: Pick<Work, 'gathered' | 'guard'>,
  { version, tags: present }: Pick<SecretVersion, 'version' | 'tags'>,
  tags: CredentialTags,
): Promise<void> {
  const { ref, vault } = gathered
  const { scope, workspace: workspaceUrl } = tags
  if (!scope || workspaceUrl === null) return
  const workspace = ports.workspace(workspaceUrl)
  const { clientId } = await ports.whoAmI()
  const target = `secret scope ${scope.scopeName} in ${new URL(workspaceUrl).hostname}`
  const others = await explainForeignAcls(workspace, {
    scopeName: scope.scopeName,
    target,
    ours: [clientId, tags.clientId],
  })
  if (others) throw others
  const value = await vault.readSecretValue(ref.secretName, version)
  guard()
  await workspace.putSecret(scope.scopeName, ref.secretName, value)
  const copied = { ...tags, scope: { ...scope, isPending: false } }
  guard()
  await vault.updateSecret(ref.secretName, version, { tags: mergeTags(present, writeCredentialTags(copied)) })
  const current = await vault.getCurrentSecret(ref.secretName)
  const newer = current && current.version !== version && readCredentialTags(tags.owner.instance, current.tags)
  if (newer) await copyCredential(ports, { gathered, guard }, current, newer)
}
