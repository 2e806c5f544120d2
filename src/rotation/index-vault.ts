import pLimit from 'p-limit'
import type { VaultClient } from '../clients/keyvault/client.ts'
import type { Config } from '../platform/config-schema.ts'
import { readCredentialTags } from '../trust/credential-tags.ts'
import { type CredentialStatus, identityOf, type StatusStore, unprovenStatus } from './status.ts'

/** Lists of versions under way at once. */
const CONCURRENCY = 8

export interface IndexPorts {
  readonly config: Pick<Config, 'instance'>
  readonly store: StatusStore
  vault(url: string): VaultClient
}

/**
 * Looks below secrets whose current version bears no tags of ours for credentials that lost theirs, because somebody
 * added a version by hand. Done once for a vault, and again after Steward's storage was lost; from then on the index
 * knows every credential.
 */
export async function rebuildIndex(
  { config, store, vault }: IndexPorts,
  vaultUrl: string,
  secretNames: readonly string[],
): Promise<CredentialStatus[]> {
  const limit = pLimit(CONCURRENCY)
  const looked = await Promise.all(
    secretNames.map((secretName) =>
      limit(async (): Promise<CredentialStatus[]> => {
        const versions = await vault(vaultUrl).listSecretVersions(secretName)
        const tags = versions.flatMap((version) => readCredentialTags(config.instance, version.tags) ?? [])[0]
        return tags ? [unprovenStatus({ vaultUrl, secretName }, identityOf(tags))] : []
      }),
    ),
  )
  const lost = looked.flat()
  if (lost.length > 0) await store.put(lost)
  await store.setIndexed(vaultUrl)
  return lost
}
