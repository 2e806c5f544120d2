import type { Application } from '../clients/graph/client.ts'
import { type ApplicationDecision, decideApplication, findForeignCredentials } from './decide-application.ts'
import { adoptedClientId } from './find-application.ts'
import type { LookContext } from './step.ts'

/** Reads who can sign in as an application that is there, and decides whether it may be used. */
export async function judgeApplication(context: LookContext, application: Application): Promise<ApplicationDecision> {
  const { services, owner } = context
  const isAdopted = adoptedClientId(context) !== undefined
  const [ownerIds, federatedNames, { objectId: ownObjectId }] = await Promise.all([
    isAdopted ? [] : services.graph.listOwnerIds(application.objectId),
    isAdopted ? [] : services.graph.listFederatedCredentialNames(application.objectId),
    services.whoAmI(),
  ])
  const foreignCredentials = findForeignCredentials(owner.instance, application, federatedNames)
  return decideApplication(owner, { application, ownerIds, foreignCredentials, ownObjectId, isAdopted })
}
