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
const DATABRICKS = 'databricks/databricks-openapi-sdk.json'
const GRAPH = 'graph/graph-openapi-subset.json'

export async function readServices(specs: string): Promise<readonly DescribedService[]> {
  const read = async (file: string): Promise<readonly Operation[]> =>
    listOperations(await readDocuments(specs, file), file)
  const [graph, keyvault, databricks] = await Promise.all([read(GRAPH), read(KEY_VAULT), read(DATABRICKS)])
  return [
    { service: 'graph', operations: graph, pathOf: (exchange) => useDescribedKeys(decodedPath(exchange)) },
    { service: 'keyvault', operations: keyvault, pathOf: decodedPath },
    { service: 'databricks', operations: databricks.map(spellAsOnTheWire), pathOf: decodedPath },
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

/** The description was made from the Python SDK, whose parameter names are Python's: `start_index` is sent as `startIndex`. */
function spellAsOnTheWire(operation: Operation): Operation {
  const spell = (name: string): string =>
    name.replaceAll(/_(?<letter>[a-z])/g, (_, letter: string) => letter.toUpperCase())
  return {
    ...operation,
    parameters: operation.parameters.map((parameter) =>
      parameter.in === 'query' ? { ...parameter, name: spell(parameter.name) } : parameter,
    ),
  }
}
