import { z } from 'zod'
import type { CloudResponse, Route } from '../../service.ts'
import { apiError, type DatabricksError } from '../errors.ts'
import { type DatabricksState, guardRoute, type WorkspaceCall } from '../guard.ts'
import { readBody, readQuery } from '../request-body.ts'
import { addSecret, hashOf, listSecretsOf, type OauthSecret } from './oauth-state.ts'

/** Quoted everywhere, documented nowhere. */
const MAX_SECRETS = 5

/** 730 days: the longest lifetime, and that of a secret for which none was asked. */
const LONGEST_LIFETIME_SECONDS = 63_072_000

const createBody = z.strictObject({ lifetime: z.string().optional(), scopes: z.array(z.string()).optional() })

/** There are never so many that a page would not hold them. */
const listQuery = z.strictObject({ page_size: z.string().regex(/^\d+$/).optional() })

interface SecretCall extends WorkspaceCall {
  /** Of the principal whose secrets the call is about. */
  readonly clientId: string
  readonly now: number
}

function invalid(message: string): DatabricksError {
  return apiError(400, 'INVALID_PARAMETER_VALUE', message)
}

function notFound(what: string): DatabricksError {
  return apiError(404, 'RESOURCE_DOES_NOT_EXIST', `${what} does not exist.`)
}

function readLifetime(lifetime: string): number {
  const seconds = Number(/^(\d+)s$/.exec(lifetime)?.[1] ?? 0)
  if (seconds > 0 && seconds <= LONGEST_LIFETIME_SECONDS) return seconds
  throw invalid(`The lifetime ${lifetime} is not between 1s and ${LONGEST_LIFETIME_SECONDS}s.`)
}

const toTimestamp = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** Nobody sees the value again once it was made. */
function renderSecret({ id, value, scopes, createdAt, expiresAt }: OauthSecret): Readonly<Record<string, unknown>> {
  return {
    id,
    secret_hash: hashOf(value),
    create_time: toTimestamp(createdAt),
    update_time: toTimestamp(createdAt),
    expire_time: toTimestamp(expiresAt),
    status: 'ACTIVE',
    ...(scopes === null ? {} : { scopes }),
  }
}

function create({ request, workspace, clientId, now }: SecretCall): CloudResponse {
  const { lifetime = `${LONGEST_LIFETIME_SECONDS}s`, scopes = null } = readBody(request, createBody)
  const seconds = readLifetime(lifetime)
  if (listSecretsOf(workspace.oauth, clientId, now).length >= MAX_SECRETS) {
    throw apiError(400, 'RESOURCE_LIMIT_EXCEEDED', `A service principal can have ${MAX_SECRETS} secrets at most.`)
  }
  const secret = addSecret(workspace.oauth, { clientId, scopes, createdAt: now, expiresAt: now + seconds * 1000 })
  return { status: 200, body: { ...renderSecret(secret), secret: secret.value } }
}

function list({ request, workspace, clientId, now }: SecretCall): CloudResponse {
  readQuery(request, listQuery)
  const secrets = listSecretsOf(workspace.oauth, clientId, now).map(renderSecret)
  return { status: 200, body: secrets.length === 0 ? {} : { secrets } }
}

function remove({ request, workspace, clientId, now }: SecretCall): CloudResponse {
  const id = request.params['secretId'] ?? ''
  if (!listSecretsOf(workspace.oauth, clientId, now).some((secret) => secret.id === id)) throw notFound(`Secret ${id}`)
  workspace.oauth.secrets.delete(id)
  return { status: 200, body: {} }
}

/** Admits workspace admins, about a principal that is in the workspace. */
function admit(state: DatabricksState, call: WorkspaceCall): SecretCall {
  const { caller, workspace, request } = call
  if (!caller.isAdmin) {
    throw apiError(403, 'PERMISSION_DENIED', 'Only workspace admins can manage secrets of service principals.')
  }
  const id = request.params['principalId'] ?? ''
  if (!/^\d+$/.test(id)) throw invalid(`${id} is not the id of a service principal`)
  const clientId = workspace.principals.get(id)?.applicationId ?? null
  if (clientId === null) throw notFound(`Service principal ${id}`)
  return { ...call, clientId, now: state.world.clock.now() }
}

/** OAuth secrets of principals, as the workspace hands the account's calls on. */
export function createPrincipalSecretRoutes(state: DatabricksState): readonly Route[] {
  const path = '/api/2\\.0/accounts/servicePrincipals/(?<principalId>[^/]+)/credentials/secrets'
  const all = new RegExp(`^${path}$`)
  const one = new RegExp(`^${path}/(?<secretId>[^/]+)$`)
  const route = (
    name: string,
    method: 'GET' | 'POST' | 'DELETE',
    pattern: RegExp,
    handle: (call: SecretCall) => CloudResponse,
  ): Route =>
    guardRoute(state, { name: `principalSecrets.${name}`, method, path: pattern }, (call) => handle(admit(state, call)))
  return [route('create', 'POST', all, create), route('list', 'GET', all, list), route('delete', 'DELETE', one, remove)]
}
