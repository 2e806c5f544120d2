import { lookAgain } from '../../platform/outcomes.ts'
import { createClientSecretProvider, toLiveCredential } from '../../trust/client-secrets.ts'
import { applicationUniqueName } from '../../trust/marks.ts'
import { clientSecretSectionOf } from '../client-secret-section.ts'
import { planCredential } from '../credential-step.ts'
import { copiedScopeName } from '../scope-copies.ts'
import type { PlanContext, Step } from '../step.ts'

/** A live client secret is in the vault, with expiry and tags; it was used before it was put there. */
export const clientSecretStep: Step = {
  name: 'client-secret',
  needs: ['application'],
  sees: ['client-secret'],
  provides: ['client-secret'],
  isWanted: ({ clientSecret }) => clientSecret !== undefined,
  plan: async (context) => {
    const { request, services, patience } = context
    const { vault: vaultUrl, secretName, lifetimeDays, policy } = clientSecretSectionOf(request)
    const application = await context.sighting('application')
    const passwords = application?.passwordCredentials ?? []
    const scopeName = copiedScopeName(context)
    return planCredential(context, {
      wish: {
        kind: 'client-secret',
        vaultUrl,
        secretName,
        lifetimeDays,
        overrides: { ...policy, lifetimeDays },
        workspace: scopeName === null ? null : (request.databricks?.workspace ?? null),
        actsBy: { kind: 'entra' },
        scopeName,
        noun: 'client secret',
      },
      adoptedId: null,
      principal: application && { clientId: application.clientId, credentials: passwords.map(toLiveCredential) },
      isMarkedPrincipalThere: ({ clientId, credentialId }, isDeleted) =>
        isOtherApplicationThere(context, { clientId, keyId: credentialId, isDeleted }, application?.clientId),
      provider: async (apply) =>
        createClientSecretProvider({
          graph: services.graph,
          entra: services.entra,
          time: patience.time,
          trialAudience: services.trialAudience,
          application: () => apply.fact('application'),
          listPasswords: async () => passwords,
        }),
      clientId: async (apply) => (await apply.fact('application')).clientId,
      beforeUse: (apply) => apply.fact('service-principal'),
      see: (version) => context.see('client-secret', version),
      provide: (apply, { version, expiresAt }) =>
        apply.provide('client-secret', {
          vault: vaultUrl,
          secretName,
          version,
          expiresAt: expiresAt?.toISOString() ?? null,
        }),
    })
  },
}

/**
 * Whether the application that the vault's tags name exists beside the one that was found; for a deleted secret, whether
 * it can also still sign in with it. Throws `not-propagated` when it is our very application, which the look by its
 * unique name did not show.
 */
async function isOtherApplicationThere(
  { owner, services }: PlanContext,
  mark: { readonly clientId: string; readonly keyId: string; readonly isDeleted: boolean },
  ownClientId: string | undefined,
): Promise<boolean> {
  const other = await services.graph.getApplicationByClientId(mark.clientId)
  if (other && ownClientId === undefined && other.uniqueName === applicationUniqueName(owner)) {
    throw lookAgain(`Application ${mark.clientId}`)
  }
  return other !== null && (!mark.isDeleted || other.passwordCredentials.some(({ keyId }) => keyId === mark.keyId))
}
