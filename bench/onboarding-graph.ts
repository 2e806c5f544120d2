import type { LoggedRequest } from '../local/cloud/request-log.ts'
import type { Task } from './critical-path.ts'

/** Nothing is written before everything has been looked at. */
const LOOKS = ['graph applications.get', 'keyvault secrets.get', 'databricks groups.list']

/**
 * The fewest requests that onboard a new principal with every section and one group, each with what it cannot do
 * without: service and route, as the log names them.
 */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(LOOKS.map((look) => [look, []])),
  'graph applications.create': LOOKS,
  'graph servicePrincipals.create': ['graph applications.create'],
  'graph applications.addPassword': ['graph applications.create'],
  // The secret is tried before it is stored, and only a service principal can sign in.
  'entra token.v2': ['graph applications.addPassword', 'graph servicePrincipals.create'],
  'keyvault secrets.set': ['entra token.v2'],
  'databricks servicePrincipals.create': ['graph servicePrincipals.create'],
  'databricks groups.patch': ['databricks servicePrincipals.create'],
}

export const LEAST_REQUESTS = Object.keys(NEEDS).length

/** What is asked for at the instance itself is not upstream. */
export const UPSTREAM = ['graph', 'keyvault', 'databricks', 'entra']

/**
 * The logged requests of one onboarding in their dependencies; of a repeated one the last, which is what others waited
 * for. Throws when one is missing: then it is not the onboarding that the graph describes.
 */
export function toTasks(requests: readonly LoggedRequest[]): Task[] {
  const last = new Map(requests.map((request) => [`${request.service} ${request.route}`, request]))
  return Object.entries(NEEDS).map(([name, after]) => {
    const request = last.get(name)
    if (!request) throw new Error(`the onboarding made no request ${name}: the declared graph is not what it does`)
    const { startedAt, durationMs } = request
    return { name, after, startedAt, durationMs }
  })
}
