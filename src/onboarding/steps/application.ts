import type { Application } from '../../clients/graph/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { applicationUniqueName } from '../../trust/marks.ts'
import { createOnce } from '../create-once.ts'
import type { ApplyContext, Change, PlanContext, Step, StepPlan } from '../step.ts'

/** App registration (single tenant) and its service principal exist, or the named client id is adopted. */
export const applicationStep: Step = {
  name: 'application',
  needs: [],
  provides: ['application', 'service-principal'],
  isWanted: ({ servicePrincipal }) => servicePrincipal.kind === 'entra',
  plan: async (context) => {
    const application = await findApplication(context)
    context.see('application', application)
    const servicePrincipal = application && (await context.services.graph.getServicePrincipal(application.clientId))
    const { displayName } = context.request.servicePrincipal
    const changes: Change[] = []
    if (!application)
      changes.push({
        action: 'create',
        target: `application ${displayName}`,
        reason: 'missing',
      })
    if (!servicePrincipal)
      changes.push({
        action: 'create',
        target: `service principal ${displayName}`,
        reason: 'missing',
      })
    return {
      changes,
      apply: (apply) => applyApplication(context, application, servicePrincipal, apply),
    } satisfies StepPlan
  },
}

async function findApplication({ request, owner, services }: PlanContext): Promise<Application | null> {
  const { servicePrincipal } = request
  if (servicePrincipal.kind !== 'entra' || servicePrincipal.clientId === undefined) {
    return services.graph.getApplicationByUniqueName(applicationUniqueName(owner))
  }
  const adopted = await services.graph.getApplicationByClientId(servicePrincipal.clientId)
  if (adopted) return adopted
  throw new StewardError(
    'not-found',
    `There is no app registration with client id ${servicePrincipal.clientId} in this tenant, or Steward may not see it. Check that it is the application (client) id, not an object id, then send the request again.`,
  )
}

async function applyApplication(
  context: PlanContext,
  sighted: Application | null,
  sightedPrincipal: {
    readonly clientId: string
    readonly objectId: string
  } | null,
  { guard, provide }: ApplyContext,
): Promise<void> {
  const { request, owner, services, patience } = context
  const { graph } = services
  const { displayName } = request.servicePrincipal
  const application = sighted ?? (await createApplication())
  const { clientId, objectId } = application
  provide('application', { clientId, objectId })
  const servicePrincipal =
    sightedPrincipal ??
    (await createOnce({
      create: async () => {
        const created = await graph.createServicePrincipal(clientId)
        return created === 'application-not-replicated' ? 'not-yet' : created
      },
      find: () => graph.getServicePrincipal(clientId),
      subject: `Service principal ${displayName}`,
      patience,
      guard,
    }))
  provide('service-principal', {
    clientId,
    objectId: servicePrincipal.objectId,
  })

  async function createApplication(): Promise<Application> {
    const uniqueName = applicationUniqueName(owner)
    const ownerObjectId = await services.ownObjectId()
    return createOnce({
      create: () => graph.createApplication({ displayName, uniqueName, ownerObjectId }),
      find: () => graph.getApplicationByUniqueName(uniqueName),
      subject: `Application ${displayName} (uniqueName ${uniqueName}; a deleted one keeps the name for 30 days)`,
      patience,
      guard,
    })
  }
}
