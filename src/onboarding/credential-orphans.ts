import type { VaultClient } from '../clients/keyvault/client.ts'
import { StewardError } from '../platform/errors.ts'
import type { Time } from '../platform/time.ts'
import type { CredentialProvider, LiveCredential } from '../trust/credential-provider.ts'
import { readCredentialTags } from '../trust/credential-tags.ts'
import { decideSweep } from '../trust/decide-sweep.ts'

/** What bears the mark of a vault secret and that no version of it names. */
export interface Unnamed {
  readonly mark: string
  readonly credentials: readonly LiveCredential[]
}

export interface OrphanLook {
  readonly instance: string
  readonly vault: VaultClient
  readonly secretName: string
  readonly mark: string
  /** Of the principal, alive. */
  readonly live: readonly LiveCredential[]
  /** What the current version names, when that stays. */
  readonly keptId: string | null
}

/** Credentials that were meant for this vault secret and never reached it. */
export async function lookForOrphans(look: OrphanLook): Promise<Unnamed> {
  const { instance, vault, secretName, mark, live, keptId } = look
  const suspects = live.filter((one) => one.mark === mark && one.credentialId !== keptId)
  if (suspects.length === 0) return { mark, credentials: [] }
  const versions = await vault.listSecretVersions(secretName)
  const named = new Set(versions.map(({ tags }) => readCredentialTags(instance, tags)?.credentialId))
  return { mark, credentials: suspects.filter(({ credentialId }) => !named.has(credentialId)) }
}

/** Removes those that nobody can be storing any more; throws `busy` while there are younger ones. */
export async function removeOrphans(
  provider: Pick<CredentialProvider, 'revoke'>,
  { mark, credentials }: Unnamed,
  time: Time,
  guard: () => void,
): Promise<void> {
  const now = new Date(time.now())
  const { orphans, againAt } = decideSweep(mark, credentials, new Set(), now)
  for (const { credentialId } of orphans) {
    guard()
    // One after the other: Graph answers concurrent changes of one application with 409.
    await provider.revoke(credentialId)
  }
  if (againAt === null) return
  throw new StewardError(
    'busy',
    'A credential whose value was lost on the way is left; Steward removes it as soon as nobody can be storing it any more.',
    { retryAfterMs: againAt.getTime() - now.getTime() },
  )
}
