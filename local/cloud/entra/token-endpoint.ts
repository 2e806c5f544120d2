import type { CloudRequest, CloudResponse, Route } from '../service.ts'
import type { SigningWorld } from '../world.ts'
import { authenticateClient } from './client-authentication.ts'
import { type AuthorityCloud, findCloudByHost, issuerOf } from './clouds.ts'
import type { ServicePrincipal } from './directory.ts'
import { EntraError, missingParameter } from './errors.ts'
import { guardRoute, requireTenant } from './guard.ts'
import { isGraph, readScope, requireResource } from './resources.ts'
import type { IssuedToken } from './tokens.ts'

const LIFETIME_SECONDS = 3600

/** What is left of the lifetime when the answer goes out. */
const EXPIRES_IN_SECONDS = LIFETIME_SECONDS - 1

interface Grant {
  readonly form: URLSearchParams
  readonly cloud: AuthorityCloud
  readonly principal: ServicePrincipal
}

function readGrant(world: SigningWorld, request: CloudRequest): Grant {
  requireTenant(world, request)
  const cloud = findCloudByHost(request.url.hostname)
  if (cloud === undefined) throw new Error(`${request.url.hostname} is no authority host`)
  const form = new URLSearchParams(request.body.toString())
  const grantType = form.get('grant_type')
  if (!grantType) throw missingParameter('grant_type')
  if (grantType !== 'client_credentials') {
    throw new EntraError(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${grantType}'.`,
    )
  }
  return { form, cloud, principal: authenticateClient(world, request, form, cloud) }
}

function issueToken(world: SigningWorld, { cloud, principal }: Grant, resource: string): IssuedToken {
  requireResource(world, resource, [cloud])
  const { tenantId } = world.settings
  return world.tokens.issue({
    issuer: issuerOf(cloud, tenantId, resource),
    audience: resource,
    appId: principal.appId,
    oid: principal.objectId,
    roles: isGraph(resource) ? [...principal.graphRoles] : [],
    lifetimeSeconds: LIFETIME_SECONDS,
  })
}

const noStore = { 'Cache-Control': 'no-store, no-cache', Pragma: 'no-cache' }

function answerV2(world: SigningWorld, request: CloudRequest): CloudResponse {
  const grant = readGrant(world, request)
  const { token } = issueToken(world, grant, readScope(grant.form.get('scope')))
  return {
    status: 200,
    headers: noStore,
    body: {
      token_type: 'Bearer',
      expires_in: EXPIRES_IN_SECONDS,
      ext_expires_in: EXPIRES_IN_SECONDS,
      access_token: token,
    },
  }
}

/** Version 1 differs in its parameter and in that its numbers are strings. */
function answerV1(world: SigningWorld, request: CloudRequest): CloudResponse {
  const grant = readGrant(world, request)
  const resource = grant.form.get('resource')
  if (!resource) throw missingParameter('resource')
  const { token, expiresAt } = issueToken(world, grant, resource)
  return {
    status: 200,
    headers: noStore,
    body: {
      token_type: 'Bearer',
      expires_in: String(EXPIRES_IN_SECONDS),
      ext_expires_in: String(EXPIRES_IN_SECONDS),
      expires_on: String(expiresAt),
      not_before: String(expiresAt - LIFETIME_SECONDS),
      resource,
      access_token: token,
    },
  }
}

export function createTokenRoutes(world: SigningWorld): readonly Route[] {
  const routes: readonly Route[] = [
    {
      name: 'token.v2',
      method: 'POST',
      path: /^\/(?<tenant>[^/]+)\/oauth2\/v2\.0\/token$/,
      handle: (request) => answerV2(world, request),
    },
    {
      name: 'token.v1',
      method: 'POST',
      path: /^\/(?<tenant>[^/]+)\/oauth2\/token$/,
      handle: (request) => answerV1(world, request),
    },
  ]
  return routes.map((route) => guardRoute(world, route))
}
