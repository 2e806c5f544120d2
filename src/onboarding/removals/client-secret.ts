import { StewardError } from '../../platform/errors.ts'
import { clientSecretDisplayName, readClientSecretTags } from '../../trust/marks.ts'
import { clientSecretSectionOf } from '../client-secret-section.ts'
import { findOwnApplication } from '../find-application.ts'
import { waitForPropagation } from '../propagation.ts'
import type { Change, LookContext, StepPlan } from '../step.ts'
import { refuse } from '../step-plans.ts'

/**
 * Deletes the vault secret, which can be recovered for a while, then revokes every client secret with our mark: in this
 * order, so that the vault never shows one that is revoked. The mark finds them again when only the first was done.
 */
export async function planClientSecretRemoval(context: LookContext): Promise<StepPlan> {
  const { request, owner, services, patience } = context
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const vault = services.vault(vaultUrl)
  const [current, application] = await Promise.all([vault.getCurrentSecret(secretName), findOwnApplication(context)])
  const target = `secret ${secretName} in ${new URL(vaultUrl).hostname}`
  const tags = current && readClientSecretTags(owner.instance, current.tags)
  if (current && tags?.owner.name !== owner.name) {
    const refusal = tags
      ? new StewardError('belongs-to-another', `The ${target} belongs to the onboarding "${tags.owner.name}".`)
      : new StewardError('not-ours', `Steward did not make the ${target}, so it does not remove it.`)
    return refuse(refusal)
  }
  const mark = clientSecretDisplayName(owner.instance, vaultUrl, secretName)
  const revoked = application?.passwordCredentials.filter(({ displayName }) => displayName === mark) ?? []
  const changes = revoked.map(
    ({ keyId }): Change => ({
      action: 'remove',
      target: `client secret ${keyId} of ${request.servicePrincipal.displayName}`,
      reason: 'offboarded',
    }),
  )
  if (current) changes.unshift({ action: 'remove', target, reason: 'offboarded' })
  return {
    changes,
    apply: async ({ guard }) => {
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
      for (const { keyId } of revoked) {
        guard()
        await services.graph.removePassword(application?.objectId ?? '', keyId)
      }
    },
  }
}
