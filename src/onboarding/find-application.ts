import type { Application } from '../clients/graph/client.ts'
import { applicationUniqueName } from '../trust/marks.ts'
import type { LookContext } from './step.ts'

/** The client id of an application that the request adopts. */
export function adoptedClientId({ request: { servicePrincipal } }: Pick<LookContext, 'request'>): string | undefined {
  return servicePrincipal.kind === 'entra' ? servicePrincipal.clientId : undefined
}

/** The application that the onboarding made or adopts; null when it is not there. */
export function findOwnApplication(context: LookContext): Promise<Application | null> {
  const { graph } = context.services
  const clientId = adoptedClientId(context)
  return clientId === undefined
    ? graph.getApplicationByUniqueName(applicationUniqueName(context.owner))
    : graph.getApplicationByClientId(clientId)
}
