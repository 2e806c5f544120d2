import type { Application, DeletedItem, ServicePrincipal } from '../../clients/graph/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { applicationUniqueName } from '../../trust/marks.ts'
import { createOnce, lookAgain } from '../create-once.ts'
import { type ApplicationDecision, decideApplication } from '../decide-application.ts'
import { adoptedClientId, findOwnApplication } from '../find-application.ts'
import { waitForPropagation } from '../propagation.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** App registration (single tenant) and its service principal exist, or the named client id is adopted. */
export const applicationStep: Step = {
  name: 'application',
  needs: [],
  sees: ['application', 'service-principal'],
  provides: ['application', 'service-principal'],
  isWanted: ({ servicePrincipal }) => servicePrincipal.kind === 'entra',
  plan: async (context) => {
    const { displayName } = context.request.servicePrincipal
    const application = await findApplication(context)
    context.see('application', application)
    const [servicePrincipal, decision] = application
      ? await Promise.all([lookAtServicePrincipal(context, application), judge(context, application)])
      : [null, null]
    const deleted = application ? null : await findDeleted(context)
    const changes: Change[] = []
    if (deleted)
      changes.push({ action: 'update', target: `application ${displayName}`, reason: 'deleted: to be restored' })
    else if (!application) changes.push({ action: 'create', target: `application ${displayName}`, reason: 'missing' })
    if (!servicePrincipal && !deleted) {
      changes.push({ action: 'create', target: `service principal ${displayName}`, reason: 'missing' })
    }
    return {
      changes,
      ...(application && decision?.kind === 'refuse' ? { refusal: explainRefusal(decision, application) } : {}),
      apply: (apply) => applyApplication(context, { application, servicePrincipal, deleted }, apply),
    }
  },
}

/** What looking found: all of it may be missing. */
interface Sight {
  readonly application: Application | null
  readonly servicePrincipal: ServicePrincipal | null
  readonly deleted: DeletedItem | null
}

/** A deleted application keeps its unique name to itself for 30 days, so that a new one cannot have it. */
async function findDeleted(context: PlanContext): Promise<DeletedItem | null> {
  const isAdopted = adoptedClientId(context) !== undefined
  return isAdopted ? null : context.services.graph.findDeletedApplication(applicationUniqueName(context.owner))
}

async function lookAtServicePrincipal(
  context: PlanContext,
  { clientId }: Application,
): Promise<ServicePrincipal | null> {
  const found = await context.services.graph.getServicePrincipal(clientId)
  context.see('service-principal', found)
  return found
}

async function findApplication(context: PlanContext): Promise<Application | null> {
  const found = await findOwnApplication(context)
  const clientId = adoptedClientId(context)
  if (found || clientId === undefined) return found
  throw new StewardError(
    'not-found',
    `There is no app registration with client id ${clientId} in this tenant, or Steward may not see it. Check that it is the application (client) id, not an object id, then send the request again.`,
  )
}

async function judge(context: PlanContext, application: Application): Promise<ApplicationDecision> {
  const { services, owner } = context
  const isAdopted = adoptedClientId(context) !== undefined
  const [ownerIds, { objectId: ownObjectId }] = await Promise.all([
    isAdopted ? [] : services.graph.listOwnerIds(application.objectId),
    services.whoAmI(),
  ])
  return decideApplication(owner, { application, ownerIds, ownObjectId, isAdopted })
}

export function explainRefusal(
  { reason }: ApplicationDecision & { kind: 'refuse' },
  application: Application,
): StewardError {
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
  { application: sighted, servicePrincipal: sightedPrincipal, deleted }: Sight,
  { guard, provide }: ApplyContext,
): Promise<void> {
  const { request, services, patience } = context
  const { graph } = services
  const { displayName } = request.servicePrincipal
  const { clientId, objectId } =
    sighted ?? (deleted ? await restoreApplication(context, deleted, guard) : await createApplication(context, guard))
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

/** Brings a deleted application of our own back; its principal comes along, or is brought back after it. */
async function restoreApplication(context: PlanContext, deleted: DeletedItem, guard: () => void): Promise<Application> {
  const { request, services, patience } = context
  const { graph } = services
  guard()
  await graph.restoreDeleted(deleted.objectId)
  const application = await waitForPropagation({
    subject: `The restored application ${request.servicePrincipal.displayName}`,
    patience,
    attempt: async () => (await graph.getApplicationByClientId(deleted.clientId)) ?? undefined,
  })
  const decision = await judge(context, application)
  if (decision.kind === 'refuse') throw explainRefusal(decision, application)
  const principal = await graph.findDeletedServicePrincipal(deleted.clientId)
  if (principal) {
    guard()
    await graph.restoreDeleted(principal.objectId)
  }
  return application
}

async function createApplication(context: PlanContext, guard: () => void): Promise<Application> {
  const { owner, request, services, patience } = context
  const { graph } = services
  const { displayName } = request.servicePrincipal
  const uniqueName = applicationUniqueName(owner)
  const { objectId: ownerObjectId } = await services.whoAmI()
  const subject = `Application ${displayName}`
  const { thing, wasThere } = await createOnce({
    create: () => graph.createApplication({ displayName, uniqueName, ownerObjectId }),
    find: async () => {
      const found = await graph.getApplicationByUniqueName(uniqueName)
      if (found || (await graph.findDeletedApplication(uniqueName)) === null) return found
      throw lookAgain(subject)
    },
    subject,
    patience,
    guard,
  })
  if (wasThere) throw lookAgain(subject)
  return thing
}
