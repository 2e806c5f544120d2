import type { LoggedRequest } from '../local/cloud/request-log.ts'
import type { Task } from './critical-path.ts'

/** Nothing is written before everything has been looked at. */
const LOOKS: Readonly<Record<string, readonly string[]>> = {
  'graph applications.get': [],
  'graph deletedItems.list': ['graph applications.get'],
  'keyvault secrets.get': [],
  'keyvault deletedSecrets.get': ['keyvault secrets.get'],
  'databricks groups.list': [],
  'databricks groups.list (2)': [],
  'databricks secretScopes.list': [],
  'databricks workspace.getStatus': [],
  'databricks jobs.list': [],
  'arm machineLearningWorkspaces.get': [],
  'arm registries.get': [],
}
const LOOKED = Object.keys(LOOKS)

/**
 * The fewest requests that onboard a new principal with every section, each with what it cannot do without: service and
 * route, as the log names them, and which one of several alike.
 */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  ...LOOKS,
  'graph applications.create': LOOKED,
  'graph servicePrincipals.create': ['graph applications.create'],
  'graph applications.addPassword': ['graph applications.create'],
  // The secret is tried before it is stored, and only a service principal can sign in.
  'entra token.v2': ['graph applications.addPassword', 'graph servicePrincipals.create'],
  'keyvault secrets.set': ['entra token.v2'],
  'databricks servicePrincipals.create': ['graph servicePrincipals.create'],
  'databricks groups.patch': ['databricks servicePrincipals.create'],
  'databricks secretScopes.create': LOOKED,
  'keyvault secrets.getVersion': ['keyvault secrets.set'],
  'databricks workspaceSecrets.put': ['keyvault secrets.getVersion', 'databricks secretScopes.create'],
  'databricks secretAcls.put': ['databricks secretScopes.create', 'databricks servicePrincipals.create'],
  // Databricks answers some puts without applying them.
  'databricks secretAcls.get': ['databricks secretAcls.put'],
  'databricks workspaceSecrets.list': ['databricks secretAcls.get'],
  'databricks workspace.mkdirs': LOOKED,
  'databricks workspace.import': ['databricks workspace.mkdirs'],
  'databricks workspace.getStatus (2)': ['databricks workspace.import'],
  'databricks jobs.create': ['graph applications.create'],
  // Nobody but admins may change what will run as the principal: seen before the job is handed over.
  'databricks permissions.get': ['databricks workspace.getStatus (2)', 'databricks jobs.create'],
  'databricks permissions.set': ['databricks permissions.get', 'databricks servicePrincipals.create'],
  'databricks permissions.update': ['databricks permissions.get', 'databricks servicePrincipals.create'],
  'arm roleAssignments.create': ['graph servicePrincipals.create'],
  'arm roleAssignments.create (2)': ['graph servicePrincipals.create'],
  'databricks jobs.runNow': [
    'databricks groups.patch',
    'databricks workspaceSecrets.put',
    'databricks workspaceSecrets.list',
    'databricks permissions.set',
    'databricks permissions.update',
  ],
  'databricks runs.get': ['databricks jobs.runNow'],
}

export const LEAST_REQUESTS = Object.keys(NEEDS).length

/** What is asked for at the instance itself is not upstream. */
export const UPSTREAM = ['graph', 'keyvault', 'databricks', 'arm', 'entra']

/**
 * The logged requests of one onboarding in their dependencies; of a repeated one the last, which is what others waited
 * for. Throws when one is missing: then it is not the onboarding that the graph describes.
 */
export function toTasks(requests: readonly LoggedRequest[]): Task[] {
  return Object.entries(NEEDS).map(([name, after]) => {
    const [kind = name, number = '1'] = name.split(/ \(|\)/)
    const alike = requests.filter(({ service, route }) => `${service} ${route}` === kind)
    const isLastDeclared = !Object.hasOwn(NEEDS, `${kind} (${Number(number) + 1})`)
    const request = isLastDeclared ? alike.at(-1) : alike[Number(number) - 1]
    if (!request || alike.length < Number(number)) {
      throw new Error(`the onboarding made no request ${name}: the declared graph is not what it does`)
    }
    const { startedAt, durationMs } = request
    return { name, after, startedAt, durationMs }
  })
}
