import { sameKey } from './errors.ts'
import type { GraphState } from './state.ts'

/** An application has one service principal; deleted ones do not count. */
export function requireFreeAppId({ world }: GraphState, appId: string): void {
  const isThereAlready = [...world.directory.servicePrincipals.values()].some(
    (principal) => principal.deletedAt === null && principal.appId.toLowerCase() === appId.toLowerCase(),
  )
  if (!isThereAlready) return
  throw sameKey(
    `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
  )
}
