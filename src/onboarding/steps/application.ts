import type { Application, DeletedItem, ServicePrincipal } from '../../clients/graph/client.ts'
import { StewardError } from '../../platform/errors.ts'
import { lookAgain } from '../../platform/outcomes.ts'
import { applicationUniqueName } from '../../trust/marks.ts'
import { createOnce } from '../create-once.ts'
import type { ApplicationDecision } from '../decide-application.ts'
import { explainRefusal, explainUnseenHolder } from '../explain-application.ts'
import { createFederation, describeFederation, isFederation, needsFederation } from '../federation.ts'
import { adoptedClientId, findOwnApplication } from '../find-application.ts'
import { judgeApplication, listFederatedCredentials } from '../judge-application.ts'
import { restoreApplication } from '../restore-application.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** App registration (single tenant) and its service principal exist, or the named client id is adopted. */
export const applicationStep: Step = {
  name: 'application',
  needs: [],
  sees: ['application', 'service-principal'],
  provides: ['application', 'service-principal', 'sign-in'],
  isWanted: ({ servicePrincipal }) => servicePrincipal.kind === 'entra',
  plan: async (context) => {
    const { displayName } = context.request.servicePrincipal
    const application = await findApplication(context)
    context.see('application', application)
    const [servicePrincipal, decision, isFederated] = application
      ? await Promise.all([lookAtServicePrincipal(context, application), ...judge(context, application)])
      : [null, null, false]
    const needsFederated = needsFederation(context.request) && !isFederated
    const deleted = application ? null : await findDeleted(context)
    const changes: Change[] = []
    if (deleted)
      changes.push({ action: 'update', target: `application ${displayName}`, reason: 'deleted: to be restored' })
    else if (!application) changes.push({ action: 'create', target: `application ${displayName}`, reason: 'missing' })
    if (!servicePrincipal && !deleted) {
      changes.push({ action: 'create', target: `service principal ${displayName}`, reason: 'missing' })
    }
    if (needsFederated) {
      const target = `federated credential of application ${displayName}`
      changes.push({ action: 'create', target, reason: "Steward's identity missing" })
    }
    return {
      changes,
      ...(application && decision?.kind === 'refuse' ? { refusal: explainRefusal(decision, application) } : {}),
      apply: (apply) => applyApplication(context, { application, servicePrincipal, deleted, needsFederated }, apply),
    }
  },
}

/** What looking found: all of it may be missing. */
interface Sight {
  readonly application: Application | null
  readonly servicePrincipal: ServicePrincipal | null
  readonly deleted: DeletedItem | null
  readonly needsFederated: boolean
}

/** What is decided about an application that is there, and whether Steward's identity can act as it. */
function judge(context: PlanContext, application: Application): [Promise<ApplicationDecision>, Promise<boolean>] {
  const federated = listFederatedCredentials(context, application, needsFederation(context.request))
  return [
    federated.then((credentials) => judgeApplication(context, application, credentials)),
    Promise.all([federated, describeFederation(context)]).then(([credentials, wish]) =>
      credentials.some((one) => isFederation(one, wish)),
    ),
  ]
}

/** A deleted application keeps its unique name to itself for 30 days, so that a new one cannot have it. */
async function findDeleted(context: PlanContext): Promise<DeletedItem | null> {
  const isAdopted = adoptedClientId(context) !== undefined
  if (isAdopted) return null
  const found = await context.services.graph.findDeletedApplication(applicationUniqueName(context.owner))
  return found === 'denied' ? null : found
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

async function applyApplication(
  context: PlanContext,
  { application: sighted, servicePrincipal: sightedPrincipal, deleted, needsFederated }: Sight,
  { guard, provide }: ApplyContext,
): Promise<void> {
  const { clientId, objectId } =
    sighted ?? (deleted ? await restoreApplication(context, deleted, guard) : await createApplication(context, guard))
  provide('application', { clientId, objectId })
  await Promise.all([
    federate(context, { clientId, objectId, needsFederated }, guard, provide),
    providePrincipal(context, { clientId, sightedPrincipal }, guard, provide),
  ])
}

/** Lets Steward act as the application; a restored one may have lost or kept its federated credential. */
async function federate(
  context: PlanContext,
  { clientId, objectId, needsFederated }: { clientId: string; objectId: string; needsFederated: boolean },
  guard: ApplyContext['guard'],
  provide: ApplyContext['provide'],
): Promise<void> {
  if (needsFederated) await createFederation(context, objectId, guard)
  provide('sign-in', { clientId })
}

async function providePrincipal(
  { request, services, patience }: PlanContext,
  { clientId, sightedPrincipal }: { clientId: string; sightedPrincipal: ServicePrincipal | null },
  guard: ApplyContext['guard'],
  provide: ApplyContext['provide'],
): Promise<void> {
  const { graph } = services
  const { displayName } = request.servicePrincipal
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
  const { objectId: ownerObjectId } = await services.whoAmI()
  const subject = `Application ${displayName}`
  let mayLookAtDeleted = true
  const { thing, wasThere } = await createOnce({
    create: () => graph.createApplication({ displayName, uniqueName, ownerObjectId }),
    find: async () => {
      const found = await graph.getApplicationByUniqueName(uniqueName)
      if (found) return found
      const deleted = await graph.findDeletedApplication(uniqueName)
      mayLookAtDeleted = deleted !== 'denied'
      if (deleted === null || deleted === 'denied') return null
      throw lookAgain(subject)
    },
    subject,
    patience,
    guard,
  }).catch((error: unknown) => {
    const isUnseen = !mayLookAtDeleted && error instanceof StewardError && error.code === 'not-propagated'
    throw isUnseen ? explainUnseenHolder(uniqueName) : error
  })
  if (wasThere) throw lookAgain(subject)
  return thing
}
