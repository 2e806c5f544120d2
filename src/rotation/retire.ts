import type { SecretVersion } from '../clients/keyvault/client.ts'
import { StewardError } from '../platform/errors.ts'
import { type CredentialTags, mergeTags, readCredentialTags, writeCredentialTags } from '../trust/credential-tags.ts'
import { decideRetirement, type Retirement } from './decide-retirement.ts'
import { describeCredential, type Work } from './rotate.ts'

interface Judged {
  readonly credentialId: string
  readonly retirement: Retirement
}

/** What is to become of the previous credentials. */
export interface RetirePlan {
  readonly leaving: readonly Judged[]
  /** Why each goes, and why each that is left stays. */
  readonly reasons: readonly Retirement['reason'][]
  readonly stillUsedUntil: Date | null
}

/** Judges all previous credentials. */
export function planRetirement({ gathered, policy }: Pick<Work, 'gathered' | 'policy'>, now: Date): RetirePlan {
  const judged = judgePrevious(gathered, policy, now)
  const waits = judged.flatMap(({ retirement }) =>
    retirement.action === 'keep' && retirement.reason === 'still-used' ? [retirement.until] : [],
  )
  return {
    leaving: judged.filter(({ retirement }) => retirement.action === 'revoke'),
    reasons: judged.map(({ retirement }) => retirement.reason),
    stillUsedUntil: waits.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null,
  }
}

/**
 * Revokes previous credentials whose grace is over, disables the versions that hold them, and takes them off the tags, in
 * this order: killed in between, the next pass finds them again. The current one is used first, because the last
 * credential that works is never revoked.
 */
export async function retirePrevious(
  { gathered, guard }: Omit<Work, 'policy'>,
  leaving: readonly Judged[],
): Promise<void> {
  const { ref, vault, provider, tags, current } = gathered
  if (leaving.length === 0 || !current) return
  const value = await vault.readSecretValue(ref.secretName, current.version)
  if ((await provider.use(value)) !== 'accepted') {
    throw new StewardError(
      'upstream-rejected',
      `The ${describeCredential(ref)} holds a credential that does not work, so the one before it is not revoked. Rotate it now: POST /credentials/{vault}/{secret}/rotations.`,
    )
  }
  const versions = await vault.listSecretVersions(ref.secretName)
  for (const { credentialId, retirement } of leaving) {
    guard()
    // Anybody who may write tags can name any id: only what the principal's own list shows is revoked.
    if (retirement.reason !== 'already-gone') await provider.revoke(credentialId)
    for (const { version } of findHolders(versions, tags, credentialId, current)) {
      guard()
      await vault.updateSecret(ref.secretName, version, { isEnabled: false })
    }
  }
  const gone = new Set(leaving.map(({ credentialId }) => credentialId))
  const left = { ...tags, previous: tags.previous.filter(({ credentialId }) => !gone.has(credentialId)) }
  guard()
  await vault.updateSecret(ref.secretName, current.version, {
    tags: mergeTags(current.tags, writeCredentialTags(left)),
  })
}

function judgePrevious(
  { tags, provider, live, current }: Work['gathered'],
  policy: Work['policy'],
  now: Date,
): Judged[] {
  const find = (id: string) => live.find(({ credentialId }) => credentialId === id)
  return tags.previous.map((previous, index) => {
    const { credentialId } = previous
    // Each was replaced by the one before it in the list, the first one by what is current.
    const successor = index === 0 ? tags.credentialId : tags.previous[index - 1]?.credentialId
    const replacedAt = find(successor ?? '')?.createdAt ?? (index === 0 ? (current?.createdAt ?? null) : null)
    const state = { previous, replacedAt, live: find(credentialId) ?? null, tracksUse: provider.tracksUse }
    return { credentialId, retirement: decideRetirement(state, policy, now) }
  })
}

/** Enabled versions that hold the credential; never the current one. */
function findHolders(
  versions: readonly SecretVersion[],
  { owner }: CredentialTags,
  credentialId: string,
  current: SecretVersion,
): SecretVersion[] {
  return versions.filter(
    ({ version, isEnabled, tags }) =>
      isEnabled &&
      version !== current.version &&
      readCredentialTags(owner.instance, tags)?.credentialId === credentialId,
  )
}
