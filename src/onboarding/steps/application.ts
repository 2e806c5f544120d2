import type { Application, ServicePrincipal } from '../../clients/graph/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { applicationUniqueName } from '../../trust/marks.ts'
import { createOnce, lookAgain } from '../create-once.ts'
import { type ApplicationDecision, decideApplication } from '../decide-application.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** App registration (single tenant) and its service principal exist, or the named client id is adopted. */
export const applicationStep: Step = {
  name: 'application',
  needs: [],
  provides: ['application', 'service-principal'],
  isWanted: ({ servicePrincipal }) => servicePrincipal.kind === 'entra',
  plan: async (context) => {
    const { displayName } = context.request.servicePrincipal
    const application = await findApplication(context)
    context.see('application', application)
    const [servicePrincipal, decision] = application
      ? await Promise.all([
          context.services.graph.getServicePrincipal(application.clientId),
          judge(context, application),
        ])
      : [null, null]
    const changes: Change[] = []
    if (!application) changes.push({ action: 'create', target: `application ${displayName}`, reason: 'missing' })
    if (!servicePrincipal) {
      changes.push({ action: 'create', target: `service principal ${displayName}`, reason: 'missing' })
    }
    return {
      changes,
      ...(application && decision?.kind === 'refuse' ? { refusal: explainRefusal(decision, application) } : {}),
      apply: (apply) => applyApplication(context, application, servicePrincipal, apply),
    }
  },
}

function adoptedClientId({ request: { servicePrincipal } }: PlanContext): string | undefined {
  return servicePrincipal.kind === 'entra' ? servicePrincipal.clientId : undefined
}

async function findApplication(context: PlanContext): Promise<Application | null> {
  const { graph } = context.services
  const clientId = adoptedClientId(context)
  if (clientId === undefined) return graph.getApplicationByUniqueName(applicationUniqueName(context.owner))
  const adopted = await graph.getApplicationByClientId(clientId)
  if (adopted) return adopted
  throw new StewardError(
    'not-found',
    `There is no app registration with client id ${clientId} in this tenant, or Steward may not see it. Check that it is the application (client) id, not an object id, then send the request again.`,
  )
}

async function judge(context: PlanContext, application: Application): Promise<ApplicationDecision> {
  const { services, owner } = context
  const isAdopted = adoptedClientId(context) !== undefined
  const [ownerIds, ownObjectId] = await Promise.all([
    isAdopted ? [] : services.graph.listOwnerIds(application.objectId),
    services.ownObjectId(),
  ])
  return decideApplication(owner, { application, ownerIds, ownObjectId, isAdopted })
}

function explainRefusal({ reason }: ApplicationDecision & { kind: 'refuse' }, application: Application): StewardError {
  const { clientId, uniqueName } = application
  if (reason === 'belongs-to-another') {
    return new StewardError(
      'belongs-to-another',
      `The application ${clientId} was made by another onboarding (${uniqueName}) and cannot be adopted. Use that onboarding, or another application.`,
    )
  }
  return new StewardError(
    'not-ours',
    `The application ${clientId} has our unique name ${uniqueName}, but Steward is not its one owner, so somebody else may sign in as it. Remove the other owners; or have an Admin adopt it with "clientId": "${clientId}" and "adopt": true.`,
  )
}

async function applyApplication(
  context: PlanContext,
  sighted: Application | null,
  sightedPrincipal: ServicePrincipal | null,
  { guard, provide }: ApplyContext,
): Promise<void> {
  const { request, services, patience } = context
  const { graph } = services
  const { displayName } = request.servicePrincipal
  const { clientId, objectId } = sighted ?? (await createApplication(context, guard))
  provide('application', { clientId, objectId })
  const servicePrincipal =
    sightedPrincipal ??
    (
      await createOnce({
        create: async () => {
          const created = await graph.createServicePrincipal(clientId)
          return created === 'application-not-replicated' ? 'not-yet' : created
        },
        find: () => graph.getServicePrincipal(clientId),
        subject: `Service principal ${displayName}`,
        patience,
        guard,
      })
    ).thing
  provide('service-principal', { clientId, objectId: servicePrincipal.objectId })
}

async function createApplication(context: PlanContext, guard: () => void): Promise<Application> {
  const { owner, request, services, patience } = context
  const { graph } = services
  const { displayName } = request.servicePrincipal
  const uniqueName = applicationUniqueName(owner)
  const ownerObjectId = await services.ownObjectId()
  const subject = `Application ${displayName}`
  const { thing, wasThere } = await createOnce({
    create: () => graph.createApplication({ displayName, uniqueName, ownerObjectId }),
    find: async () => {
      const found = await graph.getApplicationByUniqueName(uniqueName)
      if (found || !(await graph.findDeletedApplication(uniqueName))) return found
      throw new StewardError(
        'not-ours',
        `${subject} was deleted, and a deleted one keeps its unique name ${uniqueName} for 30 days. Restore it or delete it for good (Microsoft Entra admin center, App registrations, Deleted applications), then start the onboarding again.`,
      )
    },
    subject,
    patience,
    guard,
  })
  if (wasThere) throw lookAgain(subject)
  return thing
}
