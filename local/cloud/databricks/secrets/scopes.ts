import type { CloudResponse, Route } from '../../service.ts'
import { apiError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { readBody, readQuery } from '../request-body.ts'
import { USERS } from '../workspace-state.ts'
import { findScopeFor, toScopeUser } from './access.ts'
import { addScope, findScope } from './scope-state.ts'
import { createScopeBody, deleteScopeBody, noQuery } from './secret-requests.ts'
import type { SecretScope } from './secret-scope.ts'
import { openVault } from './vault.ts'

const MAX_SCOPES = 1000

/** A slash is not in the documentation, and taken all the same. */
const NAME = /^[\w\-@./]{1,128}$/

type NewScope = ReturnType<typeof createScopeBody.parse>

const done: CloudResponse = { status: 200, body: {} }

function invalid(message: string): Error {
  return apiError(400, 'INVALID_PARAMETER_VALUE', message)
}

function checkScope({ workspace }: WorkspaceCall, { scope: name, ...wanted }: NewScope): void {
  if (!NAME.test(name)) {
    throw invalid(
      `Scope name ${name} is not valid: it consists of up to 128 alphanumeric characters, dashes, underscores, @ and periods`,
    )
  }
  const manager = wanted.initial_manage_principal
  if (manager !== undefined && manager !== USERS) {
    throw apiError(400, 'BAD_REQUEST', `Cannot specify ${manager} as initial_manage_principal`)
  }
  if (wanted.scope_backend_type === 'DATABRICKS' && wanted.backend_azure_keyvault !== undefined) {
    throw invalid('Scope with Databricks backend must not have AzureKeyVaultSecretScopeMetadata defined!')
  }
  if (findScope(workspace, name) !== undefined) {
    throw apiError(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${name} already exists!`)
  }
  if (workspace.scopes.size >= MAX_SCOPES) {
    throw apiError(400, 'RESOURCE_LIMIT_EXCEEDED', `Maximum number of secret scopes exceeded: ${MAX_SCOPES}`)
  }
}

/** The vault is changed in the caller's name, and Azure knows that name from the headers of the call only. */
function makeVaultScope({ world }: DatabricksState, { caller }: WorkspaceCall, wanted: NewScope): SecretScope {
  const { scope: name, backend_azure_keyvault: vault } = wanted
  if (vault === undefined)
    throw invalid('Scope with Azure KeyVault must have AzureKeyVaultSecretScopeMetadata defined!')
  if (caller.vouchedObjectId === null) throw invalid('Scope with Azure KeyVault must have userAADToken defined!')
  openVault(world, caller.vouchedObjectId, vault.resource_id, vault.dns_name)
  return { backend: 'AZURE_KEYVAULT', name, acls: [], resourceId: vault.resource_id, dnsName: vault.dns_name }
}

function create(state: DatabricksState, call: WorkspaceCall): CloudResponse {
  const wanted = readBody(call.request, createScopeBody)
  checkScope(call, wanted)
  const made: SecretScope =
    wanted.scope_backend_type === 'DATABRICKS'
      ? { backend: 'DATABRICKS', name: wanted.scope, acls: [], secrets: new Map() }
      : makeVaultScope(state, call, wanted)
  const manager = wanted.initial_manage_principal ?? toScopeUser(call).name
  addScope(call.workspace, { ...made, acls: [{ principal: manager, permission: 'MANAGE' }] })
  return done
}

function remove(call: WorkspaceCall): CloudResponse {
  const { scope: name } = readBody(call.request, deleteScopeBody)
  const scope = findScopeFor('MANAGE', call.workspace, toScopeUser(call), name)
  call.workspace.scopes.delete(scope.name.toLowerCase())
  return done
}

function renderScope(scope: SecretScope): Readonly<Record<string, unknown>> {
  const { name, backend } = scope
  if (scope.backend === 'DATABRICKS') return { name, backend_type: backend }
  const vault = { resource_id: scope.resourceId, dns_name: scope.dnsName }
  return { name, backend_type: backend, keyvault_metadata: vault }
}

/** Every member sees every name. */
function list({ request, workspace }: WorkspaceCall): CloudResponse {
  readQuery(request, noQuery)
  const scopes = [...workspace.scopes.values()].map(renderScope)
  return { status: 200, body: scopes.length === 0 ? {} : { scopes } }
}

export function createSecretScopeRoutes(state: DatabricksState): readonly Route[] {
  const at = (call: string): RegExp => new RegExp(`^/api/2\\.0/secrets/scopes/${call}$`)
  return [
    guardRoute(state, { name: 'secretScopes.create', method: 'POST', path: at('create') }, (call) =>
      create(state, call),
    ),
    guardRoute(state, { name: 'secretScopes.delete', method: 'POST', path: at('delete') }, remove),
    guardRoute(state, { name: 'secretScopes.list', method: 'GET', path: at('list') }, list),
  ]
}
