import type { CloudRequest, CloudResponse, Route } from '../../service.ts'
import type { DatabricksState } from '../guard.ts'
import type { Workspace } from '../workspace-state.ts'
import { ACCESS_TOKEN_SECONDS, issueAccessToken, issuerOf } from './access-tokens.ts'
import { listSecretsOf } from './oauth-state.ts'

const SCOPE = 'all-apis'

/** Refusals as RFC 6749, section 5.2, has them. */
function refuse(status: 400 | 401, error: string, description: string): CloudResponse {
  const challenge = status === 401 ? { 'WWW-Authenticate': 'Basic realm="databricks"' } : {}
  return {
    status,
    headers: { 'Cache-Control': 'no-store', ...challenge },
    body: { error, error_description: description },
  }
}

interface Credentials {
  readonly clientId: string
  readonly secret: string
}

/** Both parts are encoded like form fields (RFC 6749, section 2.3.1). */
function readCredentials({ headers }: CloudRequest): Credentials | null {
  const basic = /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const [, id, password] = /^([^:]*):(.*)$/.exec(Buffer.from(basic, 'base64').toString()) ?? []
  if (id === undefined || password === undefined) return null
  const parts = new URLSearchParams(`id=${id}&secret=${password}`)
  return { clientId: parts.get('id') ?? '', secret: parts.get('secret') ?? '' }
}

function isValid(workspace: Workspace, { clientId, secret }: Credentials, now: number): boolean {
  const isMember = workspace.principals
    .values()
    .some(({ applicationId, active }) => active && applicationId === clientId)
  return isMember && listSecretsOf(workspace.oauth, clientId, now).some(({ value }) => value === secret)
}

function answer(workspace: Workspace, request: CloudRequest, now: number): CloudResponse {
  const form = new URLSearchParams(request.body.toString())
  const grantType = form.get('grant_type')
  if (grantType === null) return refuse(400, 'invalid_request', 'grant_type is missing')
  if (grantType !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', `grant_type ${grantType} is not supported`)
  }
  const credentials = readCredentials(request)
  // Whether the client or its secret is unknown, the answer is the same.
  if (credentials === null || !isValid(workspace, credentials, now)) {
    return refuse(401, 'invalid_client', 'Client authentication failed')
  }
  if (form.get('scope') !== SCOPE) return refuse(400, 'invalid_scope', `The scope must be ${SCOPE}`)
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: issueAccessToken(workspace, credentials.clientId, now),
      scope: SCOPE,
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_SECONDS,
    },
  }
}

/** https://www.rfc-editor.org/rfc/rfc8414 */
function describe(workspace: Workspace): CloudResponse {
  const issuer = issuerOf(workspace)
  return {
    status: 200,
    body: {
      issuer,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: `${issuer}/v1/token`,
      scopes_supported: [SCOPE],
      response_types_supported: ['code'],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    },
  }
}

/** Open to everybody: here is where a bearer token comes from. */
export function createOauthRoutes(state: DatabricksState): readonly Route[] {
  const route = (
    name: string,
    method: 'GET' | 'POST',
    path: RegExp,
    handle: (workspace: Workspace, request: CloudRequest) => CloudResponse,
  ): Route => ({
    name,
    method,
    path,
    handle: (request) => handle(findWorkspace(state, request), request),
  })
  return [
    route('oauth.token', 'POST', /^\/oidc\/v1\/token$/, (workspace, request) =>
      answer(workspace, request, state.world.clock.now()),
    ),
    route('oauth.discover', 'GET', /^\/oidc\/\.well-known\/oauth-authorization-server$/, describe),
  ]
}

function findWorkspace({ workspaces }: DatabricksState, { url }: CloudRequest): Workspace {
  const workspace = workspaces.get(url.hostname)
  if (workspace === undefined) throw new Error(`no workspace ${url.hostname}`)
  return workspace
}
