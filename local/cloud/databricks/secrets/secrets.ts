import type { CloudResponse, Route } from '../../service.ts'
import { apiError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { readBody, readQuery } from '../request-body.ts'
import { findScopeFor, toScopeUser } from './access.ts'
import { readSecret } from './read-secret.ts'
import { deleteSecretBody, getSecretQuery, putSecretBody, scopeQuery } from './secret-requests.ts'
import type { DatabricksScope, SecretScope } from './secret-scope.ts'
import { listVaultKeys } from './vault.ts'

const MAX_VALUE_BYTES = 128 * 1024
const MAX_SECRETS = 1000

const KEY = /^[\w\-.]{1,128}$/

const done: CloudResponse = { status: 200, body: {} }

function findWritable(call: WorkspaceCall, name: string): DatabricksScope {
  const scope = findScopeFor('WRITE', call.workspace, toScopeUser(call), name)
  if (scope.backend === 'DATABRICKS') return scope
  throw apiError(
    400,
    'BAD_REQUEST',
    `Scope ${scope.name} is backed by Azure KeyVault and read-only: its secrets are managed in the vault ${scope.dnsName}`,
  )
}

function readValue({ string_value: text, bytes_value: bytes }: ReturnType<typeof putSecretBody.parse>): Buffer {
  if ((text === undefined) === (bytes === undefined)) {
    throw apiError(400, 'INVALID_PARAMETER_VALUE', 'Exactly one of string_value and bytes_value must be defined')
  }
  const value = text === undefined ? Buffer.from(bytes ?? '', 'base64') : Buffer.from(text)
  if (value.length <= MAX_VALUE_BYTES) return value
  throw apiError(400, 'INVALID_PARAMETER_VALUE', `Secret value exceeds ${MAX_VALUE_BYTES} bytes`)
}

function put(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const body = readBody(call.request, putSecretBody)
  const { key } = body
  const value = readValue(body)
  if (!KEY.test(key)) {
    throw apiError(
      400,
      'INVALID_PARAMETER_VALUE',
      `Secret key ${key} is not valid: it consists of up to 128 alphanumeric characters, dashes, underscores and periods`,
    )
  }
  const { secrets } = findWritable(call, body.scope)
  const known = secrets.get(key.toLowerCase())
  if (known === undefined && secrets.size >= MAX_SECRETS) {
    throw apiError(400, 'RESOURCE_LIMIT_EXCEEDED', `Maximum number of secrets in a scope exceeded: ${MAX_SECRETS}`)
  }
  secrets.set(key.toLowerCase(), { key: known?.key ?? key, value, updatedAt: state.world.clock.now() })
  return done
}

function remove(call: WorkspaceCall): CloudResponse {
  const { scope, key } = readBody(call.request, deleteSecretBody)
  if (findWritable(call, scope).secrets.delete(key.toLowerCase())) return done
  throw apiError(404, 'RESOURCE_DOES_NOT_EXIST', `Secret does not exist with scope: ${scope} and key: ${key}`)
}

function get(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const name = readQuery(call.request, getSecretQuery)
  const value = readSecret(state, call.workspace, toScopeUser(call), name)
  return { status: 200, body: { key: name.key, value: value.toString('base64') } }
}

function describeSecrets(state: DatabricksState, scope: SecretScope): readonly unknown[] {
  if (scope.backend === 'AZURE_KEYVAULT') return listVaultKeys(state.world, scope).map((key) => ({ key }))
  return [...scope.secrets.values()].map(({ key, updatedAt }) => ({ key, last_updated_timestamp: updatedAt }))
}

function list(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const { scope: name } = readQuery(call.request, scopeQuery)
  const secrets = describeSecrets(state, findScopeFor('READ', call.workspace, toScopeUser(call), name))
  return { status: 200, body: secrets.length === 0 ? {} : { secrets } }
}

export function createSecretRoutes(state: DatabricksState): readonly Route[] {
  const at = (call: string): RegExp => new RegExp(`^/api/2\\.0/secrets/${call}$`)
  return [
    guardRoute(state, { name: 'workspaceSecrets.put', method: 'POST', path: at('put') }, (call) => put(state, call)),
    guardRoute(state, { name: 'workspaceSecrets.delete', method: 'POST', path: at('delete') }, remove),
    guardRoute(state, { name: 'workspaceSecrets.get', method: 'GET', path: at('get') }, (call) => get(state, call)),
    guardRoute(state, { name: 'workspaceSecrets.list', method: 'GET', path: at('list') }, (call) => list(state, call)),
  ]
}
