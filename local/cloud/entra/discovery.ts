import type { CloudRequest, Route } from '../service.ts'
import type { SigningWorld } from '../world.ts'
import { type AuthorityCloud, authorityClouds, findCloudByHost } from './clouds.ts'
import { EntraError, tenantNotFound } from './errors.ts'
import { guardRoute, requireTenant } from './guard.ts'

/** Tenants that stand for "whoever signs in"; their documents carry a placeholder for the tenant. */
const sharedTenants = ['common', 'organizations', 'consumers']

function renderConfiguration(cloud: AuthorityCloud, tenant: string, version: '1.0' | '2.0'): object {
  const base = `https://${cloud.preferredHost}/${tenant}`
  const issuerTenant = sharedTenants.includes(tenant) ? '{tenantid}' : tenant
  const [oauth, keys, issuer] =
    version === '2.0'
      ? [`${base}/oauth2/v2.0`, `${base}/discovery/v2.0/keys`, `https://${cloud.preferredHost}/${issuerTenant}/v2.0`]
      : [`${base}/oauth2`, `${base}/discovery/keys`, `https://${cloud.stsHost}/${issuerTenant}/`]
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: keys,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'oid', 'appid'],
  }
}

function cloudOf({ url }: CloudRequest): AuthorityCloud {
  const cloud = findCloudByHost(url.hostname)
  if (cloud === undefined) throw new Error(`${url.hostname} is no authority host`)
  return cloud
}

/** Where MSAL asks which hosts are authorities at all, before it trusts one. */
function renderInstances(request: CloudRequest): object {
  const endpoint = request.url.searchParams.get('authorization_endpoint') ?? ''
  const named = URL.canParse(endpoint) ? findCloudByHost(new URL(endpoint).hostname) : undefined
  if (named === undefined) {
    throw new EntraError(400, 'invalid_instance', 50049, 'Unknown or invalid instance.')
  }
  const tenant = new URL(endpoint).pathname.split('/')[1] ?? ''
  return {
    tenant_discovery_endpoint: `https://${named.preferredHost}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: authorityClouds.map(({ preferredHost, hosts }) => ({
      preferred_network: preferredHost,
      preferred_cache: hosts[1] ?? preferredHost,
      aliases: hosts,
    })),
  }
}

export function createDiscoveryRoutes(world: SigningWorld): readonly Route[] {
  const configuration = (version: '1.0' | '2.0'): Route['handle'] => {
    return (request) => {
      const tenant = request.params['tenant'] ?? ''
      if (!sharedTenants.includes(tenant) && tenant.toLowerCase() !== world.settings.tenantId.toLowerCase()) {
        throw tenantNotFound(tenant)
      }
      return { status: 200, body: renderConfiguration(cloudOf(request), tenant, version) }
    }
  }
  const routes: readonly Route[] = [
    {
      name: 'discovery.instance',
      method: 'GET',
      path: /^\/common\/discovery\/instance$/,
      handle: (request) => ({ status: 200, body: renderInstances(request) }),
    },
    {
      name: 'discovery.configuration',
      method: 'GET',
      path: /^\/(?<tenant>[^/]+)\/v2\.0\/\.well-known\/openid-configuration$/,
      handle: configuration('2.0'),
    },
    {
      name: 'discovery.configurationV1',
      method: 'GET',
      path: /^\/(?<tenant>[^/]+)\/\.well-known\/openid-configuration$/,
      handle: configuration('1.0'),
    },
    {
      name: 'discovery.keys',
      method: 'GET',
      path: /^\/(?<tenant>[^/]+)\/discovery\/(?:v2\.0\/)?keys$/,
      handle: (request) => {
        if (!sharedTenants.includes(request.params['tenant'] ?? '')) requireTenant(world, request)
        return { status: 200, body: world.tokens.jwks() }
      },
    },
  ]
  return routes.map((route) => guardRoute(world, route))
}
