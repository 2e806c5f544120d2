import type { Application, FederatedCredential } from '../clients/graph/client.ts'
import { type ApplicationDecision, decideApplication, findForeignCredentials } from './decide-application.ts'
import { describeFederation, isFederation } from './federation.ts'
import { adoptedClientId } from './find-application.ts'
import type { LookContext } from './step.ts'

/**
 * Reads who can sign in as an application that is there, and decides whether it may be used. `federated`: all of its
 * federated credentials; not asked for one that is adopted.
 */
export async function judgeApplication(
  context: LookContext,
  application: Application,
  federated: readonly FederatedCredential[],
): Promise<ApplicationDecision> {
  const { services, owner } = context
  const isAdopted = adoptedClientId(context) !== undefined
  const [ownerIds, federation, { objectId: ownObjectId }] = await Promise.all([
    isAdopted ? [] : services.graph.listOwnerIds(application.objectId),
    describeFederation(context),
    services.whoAmI(),
  ])
  const federatedNames = federated.filter((one) => !isFederation(one, federation)).map(({ name }) => name)
  const foreignCredentials = findForeignCredentials(owner.instance, application, federatedNames)
  return decideApplication(owner, { application, ownerIds, foreignCredentials, ownObjectId, isAdopted })
}

/** The federated credentials, as far as anybody has to know them. */
export async function listFederatedCredentials(
  context: LookContext,
  { objectId }: Pick<Application, 'objectId'>,
  needsThem: boolean,
): Promise<FederatedCredential[]> {
  const isAdopted = adoptedClientId(context) !== undefined
  return isAdopted && !needsThem ? [] : context.services.graph.listFederatedCredentials(objectId)
}
