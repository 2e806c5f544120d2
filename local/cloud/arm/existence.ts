import type { CloudSettings } from '../settings.ts'
import { ArmError } from './errors.ts'
import { listResources, subscriptionIdOf } from './resources.ts'
import { covers, isSameScope } from './scopes.ts'

/** Throws a 404 unless the scope is the tenant, the subscription, a group in it, a resource in that, or inside of one. */
export function requireScope(settings: CloudSettings, scope: string): void {
  const [, subscription, group, type, name] =
    /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+)(?:\/providers\/([^/]+\/[^/]+)\/([^/]+)(?:\/.*)?)?)?$/i.exec(
      scope,
    ) ?? []
  if (scope === '/') return
  if (subscription === undefined) throw new ArmError(400, 'InvalidScope', `The scope '${scope}' is not valid.`)
  if (!covers(subscriptionIdOf(settings), scope)) {
    throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`)
  }
  const resources = listResources(settings)
  if (group !== undefined && !resources.some(({ resourceGroup }) => isSameScope(resourceGroup, group))) {
    throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`)
  }
  if (name !== undefined && !resources.some(({ id }) => covers(id, scope))) {
    throw new ArmError(
      404,
      'ResourceNotFound',
      `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    )
  }
}
