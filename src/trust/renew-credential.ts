import type { SecretVersion, VaultClient } from '../clients/keyvault/client.ts'
import { StewardError } from '../platform/errors.ts'
import { lookAgain, toUnknownOutcome } from '../platform/outcomes.ts'
import { type Patience, waitForPropagation } from '../platform/propagation.ts'
import type { Secret } from '../platform/secret.ts'
import type { CredentialProvider, IssuedCredential, IssueWish } from './credential-provider.ts'
import type { Guard } from './exclusion.ts'

/** Which secret of which vault. */
export interface SecretPlace {
  readonly vault: VaultClient
  readonly secretName: string
  /** For people: `secret databricks-token in kv-etl.vault.azure.net`. */
  readonly target: string
}

export interface RenewOptions {
  readonly provider: CredentialProvider
  readonly place: SecretPlace
  readonly wish: IssueWish
  /** The tags of the version that will hold it; they name it. */
  readonly tagsOf: (issued: IssuedCredential) => Record<string, string>
  readonly patience: Patience
  readonly guard: Guard
  /** Awaited before the new credential is used, for what using it needs. */
  readonly beforeUse?: () => Promise<unknown>
  /** Whether a deleted secret of this name may be recovered, because what it holds is ours; it keeps its name to itself. */
  readonly isDeletedOurs?: boolean
}

/**
 * Make, use, store, read back: in this order, so that what the vault shows always works. What fails before it may have
 * been stored is revoked again; what may have been stored is left, and swept later if no version names it. Throws
 * whatever its calls throw.
 */
export async function renewCredential(options: RenewOptions): Promise<SecretVersion> {
  const { provider, place, wish, patience, guard, beforeUse } = options
  const subject = `The new credential for ${place.target}`
  const issued = await waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      guard()
      const outcome = await provider.issue(wish)
      return outcome === 'not-yet' ? undefined : outcome
    },
  })
  try {
    await beforeUse?.()
    await waitForPropagation({
      subject,
      patience,
      attempt: async () => ((await provider.use(issued.value)) === 'accepted' ? true : undefined),
    })
  } catch (error) {
    // Nobody else has it, so it is of no use to anybody. If this fails too, it is swept as an orphan.
    await provider.revoke(issued.credentialId).catch(() => undefined)
    throw error
  }
  return storeCredential(options, issued)
}

async function storeCredential(options: RenewOptions, issued: IssuedCredential): Promise<SecretVersion> {
  const { provider, place, tagsOf, patience, guard, isDeletedOurs = false } = options
  const { vault, secretName, target } = place
  const tags = tagsOf(issued)
  let mayBeStored = false
  try {
    const version = await waitForPropagation({
      subject: `The ${target}`,
      patience,
      attempt: async () => {
        guard()
        const outcome = await vault
          .setSecret(secretName, {
            value: issued.value,
            expiresAt: issued.expiresAt,
            tags,
            contentType: 'text/plain',
          })
          .catch(toUnknownOutcome)
        if (outcome === 'outcome-unknown') {
          mayBeStored = true
          const current = await vault.getCurrentSecret(secretName)
          return current && bearsTags(current, tags) ? current : undefined
        }
        if (outcome === 'deleted-but-recoverable') {
          if (!isDeletedOurs) throw lookAgain(`The ${target}`)
          guard()
          await vault.recoverSecret(secretName)
          return undefined
        }
        return outcome === 'being-changed' ? undefined : outcome
      },
    })
    mayBeStored = true
    await requireStored(place, version, issued.value)
    return version
  } catch (error) {
    // A plain no of the vault: nobody will ever read it there. Whatever else it was, the credential is only swept later.
    const isRefused = error instanceof StewardError && !error.retryable && !mayBeStored
    if (isRefused) await provider.revoke(issued.credentialId).catch(() => undefined)
    throw error
  }
}

function bearsTags({ tags }: SecretVersion, wished: Readonly<Record<string, string>>): boolean {
  return Object.entries(wished).every(([name, value]) => tags[name] === value)
}

/** What consumers will read is what was used. */
async function requireStored({ vault, secretName, target }: SecretPlace, version: SecretVersion, value: Secret) {
  const stored = await vault.readSecretValue(secretName, version.version)
  if (stored.reveal() === value.reveal()) return
  throw new StewardError(
    'upstream-rejected',
    `Version ${version.version} of the ${target} does not hold what was put there. Disable that version and start again.`,
  )
}
