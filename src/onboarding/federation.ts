import type { FederatedCredential } from '../clients/graph/client.ts'
import { StewardError } from '../platform/errors.ts'
import { toUnknownOutcome } from '../platform/outcomes.ts'
import { waitForPropagation } from '../platform/propagation.ts'
import { federatedCredentialName } from '../trust/marks.ts'
import type { OnboardingRequest } from './request.ts'
import type { LookContext } from './step.ts'

/** Whether Steward's own identity must be able to act as the application: the request has a token made that way. */
export function needsFederation({ servicePrincipal, databricks }: OnboardingRequest): boolean {
  return servicePrincipal.kind === 'entra' && databricks?.accessToken?.signIn === 'federated-identity'
}

interface Federation {
  readonly name: string
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

/**
 * What makes Steward's managed identity a credential of an application: no secret, and nobody else can use it
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity).
 */
export async function describeFederation({
  services,
  cloud,
  tenantId,
  owner,
}: Pick<LookContext, 'services' | 'cloud' | 'tenantId' | 'owner'>): Promise<Federation> {
  const { objectId } = await services.whoAmI()
  return {
    name: federatedCredentialName(owner.instance),
    issuer: `https://${cloud.authorityHost}/${tenantId}/v2.0`,
    subject: objectId,
    audience: cloud.federationAudience,
  }
}

/** Whether a federated credential is the one that Steward makes; Entra compares all of it by case. */
export function isFederation({ name, issuer, subject, audiences }: FederatedCredential, wish: Federation): boolean {
  return (
    name === wish.name && issuer === wish.issuer && subject === wish.subject && audiences.join(' ') === wish.audience
  )
}

/** Makes it; one that is there already was made by a run whose answer was lost. */
export async function createFederation(context: LookContext, objectId: string, guard: () => void): Promise<void> {
  const { services, patience, request } = context
  const wish = await describeFederation(context)
  const subject = `The federated credential of application ${request.servicePrincipal.displayName}`
  await waitForPropagation({
    subject,
    patience,
    attempt: async () => {
      guard()
      const outcome = await services.graph.createFederatedCredential(objectId, wish).catch(toUnknownOutcome)
      if (outcome === 'created') return outcome
      if (outcome !== 'already-exists') return undefined
      const found = await services.graph.listFederatedCredentials(objectId)
      if (found.some((credential) => isFederation(credential, wish))) return outcome
      if (!found.some(({ name }) => name === wish.name)) return undefined
      throw new StewardError(
        'not-ours',
        `${subject} has the name ${wish.name} already and lets somebody else sign in. Have its owner delete it, then start the onboarding again.`,
      )
    },
  })
}
