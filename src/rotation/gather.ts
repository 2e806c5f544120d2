import type { SecretVersion, VaultClient } from '../clients/keyvault/client.ts'
import type { CredentialProvider, LiveCredential } from '../trust/credential-provider.ts'
import { type CredentialTags, readCredentialTags } from '../trust/credential-tags.ts'
import { credentialMark } from '../trust/marks.ts'
import type { CredentialState } from './decide-rotation.ts'
import { type CredentialRef, type CredentialStatus, isProven } from './status.ts'

/** Everything that deciding about one credential, and acting on it, starts from. */
export interface Gathered {
  readonly ref: CredentialRef
  readonly vault: VaultClient
  /** What a reader of the name gets. */
  readonly current: SecretVersion | null
  /** Of the current version; of the newest one that bears them when somebody added a version over it. */
  readonly tags: CredentialTags | null
  readonly isDetached: boolean
  readonly provider: CredentialProvider | null
  /** Of the principal, whoever had them made. */
  readonly live: readonly LiveCredential[]
}

export interface GatherPorts {
  readonly instance: string
  vault(url: string): VaultClient
  provider(tags: CredentialTags): CredentialProvider
}

/** Looks at one credential in the vault and at its service. `findsDetached`: whether to look below a version without tags. */
export async function gatherCredential(
  ports: GatherPorts,
  ref: CredentialRef,
  findsDetached: boolean,
): Promise<Gathered> {
  const vault = ports.vault(ref.vaultUrl)
  const current = await vault.getCurrentSecret(ref.secretName)
  const ownTags = current && readCredentialTags(ports.instance, current.tags)
  const isDetached = current !== null && ownTags === null
  const tags = isDetached && findsDetached ? await findNewestTags(ports, vault, ref) : ownTags
  if (!tags) return { ref, vault, current, tags: null, isDetached, provider: null, live: [] }
  const provider = ports.provider(tags)
  const listed = await provider.listLive()
  const unlisted = isDetached ? null : await findUnlisted({ ref, vault, current, tags, provider, listed })
  return { ref, vault, current, tags, isDetached, provider, live: unlisted ? [...listed, unlisted] : listed }
}

/**
 * The current credential, when its service takes it although it does not list it: lists lag behind, and replacing what
 * works for that would be done again and again. Null when it is listed, or dead.
 */
async function findUnlisted(look: {
  readonly ref: CredentialRef
  readonly vault: VaultClient
  readonly current: SecretVersion | null
  readonly tags: CredentialTags
  readonly provider: CredentialProvider
  readonly listed: readonly LiveCredential[]
}): Promise<LiveCredential | null> {
  const { ref, vault, current, tags, provider, listed } = look
  const { credentialId } = tags
  if (!current?.isEnabled || listed.some((one) => one.credentialId === credentialId)) return null
  const value = await vault.readSecretValue(ref.secretName, current.version)
  if ((await provider.use(value)) !== 'accepted') return null
  const { createdAt, expiresAt } = current
  return { credentialId, mark: null, createdAt, expiresAt, lastUsedDay: null, scopes: null }
}

/** Of the newest version that bears them; null when none does. */
async function findNewestTags(
  { instance }: GatherPorts,
  vault: VaultClient,
  { secretName }: CredentialRef,
): Promise<CredentialTags | null> {
  const versions = await vault.listSecretVersions(secretName)
  const newestFirst = versions.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
  for (const { tags } of newestFirst) {
    const found = readCredentialTags(instance, tags)
    if (found) return found
  }
  return null
}

/** What was gathered, as deciding sees it. */
export function toState(gathered: Gathered, status: CredentialStatus | null): CredentialState {
  const { current, tags, isDetached, provider, live } = gathered
  const held = tags && live.find(({ credentialId }) => credentialId === tags.credentialId)
  const mark = tags ? credentialMark(tags.owner.instance, gathered.ref.vaultUrl, gathered.ref.secretName) : ''
  return {
    current: current && { ...current, tags: isDetached ? null : tags },
    live: provider && tags ? (held ? { ...held, isForgotten: provider.tracksUse } : null) : 'unknown',
    isProven: tags ? isProven(tags, status, held ?? null, mark) : false,
    wasKept: status !== null || (isDetached && tags !== null),
    nextTryAt: status?.failure?.isFailing ? status.failure.nextTryAt : null,
    isOverdueForLook: false,
    hasOrphan: false,
  }
}
