import type { RecordedExchange } from '../../../local/cloud/request-log.ts'
import { listOperations, type Operation } from './description.ts'
import { readDocuments } from './documents.ts'

/** A service of the pretend Azure, and the description of the real one. */
export interface DescribedService {
  /** As the request log names it. */
  readonly service: string
  readonly operations: readonly Operation[]
  /** The path as the description would write it. */
  pathOf(exchange: RecordedExchange): string
}

const KEY_VAULT = 'specification/keyvault/data-plane/Microsoft.KeyVault/stable/7.5/secrets.json'
const AUTHORIZATION = 'specification/authorization/resource-manager/Microsoft.Authorization/stable/2022-04-01'
const MACHINE_LEARNING =
  'specification/machinelearningservices/resource-manager/Microsoft.MachineLearningServices/stable/2024-04-01'
const RESOURCE_MANAGER = [
  `${AUTHORIZATION}/authorization-RoleAssignmentsCalls.json`,
  `${AUTHORIZATION}/authorization-RoleDefinitionsCalls.json`,
  `${MACHINE_LEARNING}/machineLearningServices.json`,
  `${MACHINE_LEARNING}/registries.json`,
]
const DATABRICKS = 'databricks/databricks-openapi-sdk.json'
const GRAPH = 'graph/graph-openapi-subset.json'

export async function readServices(specs: string): Promise<readonly DescribedService[]> {
  const read = async (file: string): Promise<readonly Operation[]> =>
    listOperations(await readDocuments(specs, file), file)
  const [graph, keyvault, databricks, ...arm] = await Promise.all(
    [GRAPH, KEY_VAULT, DATABRICKS, ...RESOURCE_MANAGER].map(read),
  )
  if (!graph || !keyvault || !databricks) throw new Error('a description is missing')
  return [
    { service: 'graph', operations: graph, pathOf: (exchange) => useDescribedKeys(decodedPath(exchange)) },
    { service: 'keyvault', operations: keyvault, pathOf: decodedPath },
    { service: 'databricks', operations: databricks.map(spellAsOnTheWire), pathOf: decodedPath },
    {
      service: 'arm',
      operations: arm.flat().map(orderAsInPath),
      pathOf: (exchange) => joinScopes(decodedPath(exchange)),
    },
  ]
}

function decodedPath({ url }: Pick<RecordedExchange, 'url'>): string {
  return decodeURIComponent(new URL(url).pathname)
}

/** Every key of an entity leads to the same operations; the description has one alternate key each. */
function useDescribedKeys(path: string): string {
  return path
    .replace(/^(\/v1\.0\/applications)\(uniqueName=/, '$1(appId=')
    .replace(/\/federatedIdentityCredentials\(name='(?<name>[^']*)'\)/, '/federatedIdentityCredentials/$<name>')
}

/** The description was made from the Python SDK, whose parameter names are Python's: SCIM has `startIndex` for `start_index`. */
function spellAsOnTheWire(operation: Operation): Operation {
  if (!operation.name.includes('/scim/')) return operation
  const spell = (name: string): string =>
    name.replaceAll(/_(?<letter>[a-z])/g, (_, letter: string) => letter.toUpperCase())
  return {
    ...operation,
    parameters: operation.parameters.map((parameter) =>
      parameter.in === 'query' ? { ...parameter, name: spell(parameter.name) } : parameter,
    ),
  }
}

/** A scope is one parameter of many segments; what a resource is inside of is one too, and empty for most. */
function joinScopes(path: string): string {
  const role =
    /^\/(?<scope>.+)(?<rest>\/providers\/Microsoft\.Authorization\/role(?:Assignments|Definitions)(?:\/[^/]+)?)$/
  const permissions =
    /^(?<group>\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+)\/(?<parent>(?:[^/]+\/[^/]+\/)*?)(?<rest>[^/]+\/[^/]+\/providers\/Microsoft\.Authorization\/permissions)$/i
  const { scope, rest: ofScope } = role.exec(path)?.groups ?? {}
  if (scope !== undefined) return `/${scope.replaceAll('/', '%2F')}${ofScope}`
  const { group, parent, rest } = permissions.exec(path)?.groups ?? {}
  if (group === undefined) return path
  // The description has no capital in this one word, and the service does not mind.
  return `${group.replace(/resourcegroups/i, 'resourcegroups')}/${parent?.replace(/\/$/, '').replaceAll('/', '%2F')}/${rest}`
}

/** Parameters of the path are told apart by their order, which Azure's descriptions do not keep to. */
function orderAsInPath(operation: Operation): Operation {
  const placeOf = (name: string): number => operation.name.indexOf(`{${name}}`)
  return { ...operation, parameters: operation.parameters.toSorted((a, b) => placeOf(a.name) - placeOf(b.name)) }
}
