import type { SecretVersion } from '../clients/keyvault/client.ts'
import type { LiveCredential } from '../trust/credential-provider.ts'
import { MAX_PREVIOUS, mergeTags, readCredentialTags, writeCredentialTags } from '../trust/credential-tags.ts'
import { decideSweep } from '../trust/decide-sweep.ts'
import { credentialMark } from '../trust/marks.ts'
import type { Work } from './rotate.ts'

const HOUR_MS = 60 * 60 * 1000

/** What was swept, and when to look again for what may still be on its way into the vault. */
export interface SweepOutcome {
  readonly revoked: readonly string[]
  /** Credentials that are promised from now on. */
  readonly promised: readonly string[]
  readonly againAt: Date | null
  /** As it is afterwards. */
  readonly gathered: Work['gathered']
}

/**
 * Revokes credentials that bear exactly this secret's mark and that no enabled version names, once they are old enough. One
 * that only an enabled version below the current one names was overtaken: two workers stored theirs, because one had lost
 * its lease with the write under way. Somebody may have read it, so it is promised for a grace like any that is replaced.
 */
export async function sweepOrphans(work: Work): Promise<SweepOutcome> {
  const { gathered, patience, guard } = work
  const { ref, vault, tags, provider, live } = gathered
  const mark = credentialMark(tags.owner.instance, ref.vaultUrl, ref.secretName)
  const named = new Set([tags.credentialId, ...tags.previous.map(({ credentialId }) => credentialId)])
  const suspects = live.filter((one) => one.mark === mark && !named.has(one.credentialId))
  if (suspects.length === 0) return { revoked: [], promised: [], againAt: null, gathered }
  const stored = listStored(await vault.listSecretVersions(ref.secretName), tags.owner.instance)
  const overtaken = suspects.filter(({ credentialId }) => stored.has(credentialId))
  const promised = await promiseOvertaken(work, overtaken)
  const { orphans, againAt } = decideSweep(mark, live, new Set([...named, ...stored]), new Date(patience.time.now()))
  for (const { credentialId } of orphans) {
    guard()
    await provider.revoke(credentialId)
  }
  return { revoked: orphans.map(({ credentialId }) => credentialId), againAt, ...promised }
}

/** What enabled versions hold. */
function listStored(versions: readonly SecretVersion[], instance: string): Set<string> {
  return new Set(
    versions.flatMap(({ isEnabled, tags }) =>
      isEnabled ? (readCredentialTags(instance, tags)?.credentialId ?? []) : [],
    ),
  )
}

/** As many as the tags have room for; the others follow when one is retired. */
async function promiseOvertaken(
  { gathered, policy, patience, guard }: Work,
  overtaken: readonly LiveCredential[],
): Promise<Pick<SweepOutcome, 'promised' | 'gathered'>> {
  const { ref, vault, tags, current } = gathered
  const retireAt = new Date(patience.time.now() + policy.graceHours * HOUR_MS)
  const added = overtaken
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, MAX_PREVIOUS - tags.previous.length)
    .map(({ credentialId }) => ({ credentialId, retireAt }))
  if (added.length === 0 || !current) return { promised: [], gathered }
  const changed = { ...tags, previous: [...added, ...tags.previous] }
  const merged = mergeTags(current.tags, writeCredentialTags(changed))
  guard()
  await vault.updateSecret(ref.secretName, current.version, { tags: merged })
  return {
    promised: added.map(({ credentialId }) => credentialId),
    gathered: { ...gathered, tags: changed, current: { ...current, tags: merged } },
  }
}
