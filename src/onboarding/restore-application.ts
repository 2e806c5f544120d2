import type { Application, DeletedItem } from '../clients/graph/client.ts'
import { StewardError } from '../platform/errors.ts'
import { waitForPropagation } from '../platform/propagation.ts'
import { applicationUniqueName } from '../trust/marks.ts'
import { explainUnrestored } from './explain-application.ts'
import { judgeApplication, listFederatedCredentials } from './judge-application.ts'
import type { PlanContext } from './step.ts'

/**
 * Brings a deleted application of our own back; its principal comes along, or is brought back after it. Whose it is shows
 * only then, so one that is not ours is deleted again.
 */
export async function restoreApplication(
  context: PlanContext,
  deleted: DeletedItem,
  guard: () => void,
): Promise<Application> {
  const { request, owner, services, patience } = context
  const { graph } = services
  const uniqueName = applicationUniqueName(owner)
  guard()
  await graph.restoreDeleted(deleted.objectId).catch((error: unknown) => {
    const isDenied = error instanceof StewardError && error.code === 'upstream-denied'
    throw isDenied ? explainUnrestored(deleted, { reason: 'denied' }, uniqueName) : error
  })
  const application = await waitForPropagation({
    subject: `The restored application ${request.servicePrincipal.displayName}`,
    patience,
    attempt: async () => (await graph.getApplicationByClientId(deleted.clientId)) ?? undefined,
  })
  const federated = await listFederatedCredentials(context, application, false)
  const decision = await judgeApplication(context, application, federated)
  if (decision.kind === 'refuse') {
    guard()
    await graph.deleteApplication(application.objectId)
    throw explainUnrestored(deleted, decision, uniqueName)
  }
  const principal = await graph.findDeletedServicePrincipal(deleted.clientId)
  if (principal && principal !== 'denied') {
    guard()
    await graph.restoreDeleted(principal.objectId)
  }
  return application
}
