import { decideApplication } from '../decide-application.ts'
import { explainRefusal } from '../explain-application.ts'
import { adoptedClientId, findOwnApplication } from '../find-application.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { NOTHING_TO_DO, refuse } from '../step-plans.ts'

/**
 * Deletes the app registration, and with it its service principal; both can be restored for 30 days, which a new
 * onboarding of the name does. One that was adopted stays: Steward did not make it.
 */
export async function planApplicationRemoval(context: LookContext): Promise<StepPlan> {
  const { owner, services } = context
  const application = await findOwnApplication(context)
  if (!application || adoptedClientId(context) !== undefined) return NOTHING_TO_DO
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
