import type { Application } from '../../clients/graph/client.ts'
import { decideApplication } from '../decide-application.ts'
import { explainRefusal } from '../explain-application.ts'
import { describeFederation, isFederation, needsFederation } from '../federation.ts'
import { adoptedClientId, findOwnApplication } from '../find-application.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { NOTHING_TO_DO, refuse } from '../step-plans.ts'

/**
 * Deletes the app registration, and with it its service principal; both can be restored for 30 days, which a new
 * onboarding of the name does. One that was adopted stays, without what lets Steward act as it.
 */
export async function planApplicationRemoval(context: LookContext): Promise<StepPlan> {
  const { owner, services } = context
  const application = await findOwnApplication(context)
  if (!application) return NOTHING_TO_DO
  if (adoptedClientId(context) !== undefined) return planFederationRemoval(context, application)
  const [ownerIds, { objectId: ownObjectId }] = await Promise.all([
    services.graph.listOwnerIds(application.objectId),
    services.whoAmI(),
  ])
  // A credential that somebody else put on what is ours is no reason to keep it.
  const foreignCredentials: string[] = []
  const decision = decideApplication(owner, {
    application,
    ownerIds,
    ownObjectId,
    foreignCredentials,
    isAdopted: false,
  })
  if (decision.kind === 'refuse') return refuse(explainRefusal(decision, application))
  return {
    changes: [{ action: 'remove', target: `application ${application.displayName}`, reason: 'offboarded' }],
    apply: async ({ guard }) => {
      guard()
      await services.graph.deleteApplication(application.objectId)
    },
  }
}

async function planFederationRemoval(context: LookContext, application: Application): Promise<StepPlan> {
  if (!needsFederation(context.request)) return NOTHING_TO_DO
  const { graph } = context.services
  const [federated, wish] = await Promise.all([
    graph.listFederatedCredentials(application.objectId),
    describeFederation(context),
  ])
  if (!federated.some((one) => isFederation(one, wish))) return NOTHING_TO_DO
  const target = `federated credential of application ${application.displayName}`
  return {
    changes: [{ action: 'remove', target, reason: 'offboarded' }],
    apply: async ({ guard }) => {
      guard()
      await graph.deleteFederatedCredential(application.objectId, wish.name)
    },
  }
}
