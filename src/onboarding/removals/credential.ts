import { StewardError } from '../../platform/errors.ts'
import { waitForPropagation } from '../../platform/propagation.ts'
import { readCredentialTags } from '../../trust/credential-tags.ts'
import { describeTarget } from '../credential-step.ts'
import type { Change, LookContext, StepPlan } from '../step.ts'
import { refuse } from '../step-plans.ts'

export interface CredentialRemoval {
  readonly vaultUrl: string
  readonly secretName: string
  /** For people: `client secret`, `token`. */
  readonly noun: string
  /** Ids of the credentials that bear the secret's mark. */
  readonly revoked: readonly string[]
  revoke(credentialId: string): Promise<unknown>
}

/**
 * Deletes the vault secret, which can be recovered for a while, then revokes every credential with our mark: in this
 * order, so that the vault never shows one that is revoked. The mark finds them again when only the first was done.
 */
export async function planCredentialRemoval(context: LookContext, removal: CredentialRemoval): Promise<StepPlan> {
  const { request, owner, services, patience } = context
  const { vaultUrl, secretName, noun, revoked, revoke } = removal
  const vault = services.vault(vaultUrl)
  const current = await vault.getCurrentSecret(secretName)
  const target = describeTarget(removal)
  const tags = current && readCredentialTags(owner.instance, current.tags)
  if (current && tags?.owner.name !== owner.name) {
    const refusal = tags
      ? new StewardError('belongs-to-another', `The ${target} belongs to the onboarding "${tags.owner.name}".`)
      : new StewardError('not-ours', `Steward did not make the ${target}, so it does not remove it.`)
    return refuse(refusal)
  }
  // What was adopted does not bear our mark; the tags name it, which is consent to revoke it.
  const credentialIds = [
    ...new Set([
      ...revoked,
      ...(tags ? [tags.credentialId, ...tags.previous.map(({ credentialId }) => credentialId)] : []),
    ]),
  ]
  const changes = credentialIds.map(
    (credentialId): Change => ({
      action: 'remove',
      target: `${noun} ${credentialId} of ${request.servicePrincipal.displayName}`,
      reason: 'offboarded',
    }),
  )
  if (current) changes.unshift({ action: 'remove', target, reason: 'offboarded' })
  return {
    changes,
    apply: async ({ guard }) => {
      await services.credentials.forget({ vaultUrl, secretName })
      if (current) {
        await waitForPropagation({
          subject: `The ${target}`,
          patience,
          attempt: async () => {
            guard()
            const outcome = await vault.deleteSecret(secretName)
            return outcome === 'being-changed' ? undefined : outcome
          },
        })
      }
      // One after the other: Graph answers concurrent changes of one application with 409.
      for (const credentialId of credentialIds) {
        guard()
        await revoke(credentialId)
      }
    },
  }
}
