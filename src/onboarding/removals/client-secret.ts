import { credentialMark } from '../../trust/marks.ts'
import { clientSecretSectionOf } from '../client-secret-section.ts'
import { findOwnApplication } from '../find-application.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { planCredentialRemoval } from './credential.ts'

/** Deletes the vault secret and revokes every client secret that was made for it. */
export async function planClientSecretRemoval(context: LookContext): Promise<StepPlan> {
  const { request, owner, services } = context
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const mark = credentialMark(owner.instance, vaultUrl, secretName)
  const application = await findOwnApplication(context)
  const passwords = application?.passwordCredentials ?? []
  return planCredentialRemoval(context, {
    vaultUrl,
    secretName,
    noun: 'client secret',
    revoked: passwords.filter(({ displayName }) => displayName === mark).map(({ keyId }) => keyId),
    revoke: (keyId) => services.graph.removePassword(application?.objectId ?? '', keyId),
  })
}
