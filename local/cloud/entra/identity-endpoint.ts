import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { CloudRequest, CloudResponse, CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { isThere, type ServicePrincipal } from './directory.ts'
import { EntraError } from './errors.ts'
import { isGraph, requireResource } from './resources.ts'
import type { TokenIssuer } from './tokens.ts'

/** Tokens of managed identities live a day, so changed permissions take that long to arrive. */
const LIFETIME_SECONDS = 24 * 3600

const API_VERSION = '2019-08-01'

const attachInput = z.strictObject({ attached: z.boolean() })

function refuse(statusCode: number, message: string): CloudResponse {
  return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } }
}

/**
 * The managed identity endpoint of App Service, as a service for the plain http listener on loopback that
 * `IDENTITY_ENDPOINT` names: its one route is `GET /msi/token`. `identityHeader` is the value of `IDENTITY_HEADER`.
 * Only a user-assigned identity is attached, so a request that names none is refused.
 */
export function createIdentityEndpoint(world: World, tokens: TokenIssuer, identityHeader: string): CloudService {
  const { subscriptionId, identity } = world.settings
  let isAttached = true

  const isNamed = (query: URLSearchParams): boolean => {
    const clientId = query.get('client_id')
    const objectId = query.get('object_id') ?? query.get('principal_id')
    const resourceId = query.get('mi_res_id')
    if (clientId !== null) return clientId.toLowerCase() === identity.clientId.toLowerCase()
    if (objectId !== null) return objectId.toLowerCase() === identity.objectId.toLowerCase()
    const suffix = `/providers/microsoft.managedidentity/userassignedidentities/${identity.name.toLowerCase()}`
    const found = resourceId?.toLowerCase()
    return found?.startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`) === true && found.endsWith(suffix)
  }

  const findIdentity = (): ServicePrincipal | undefined => {
    const principal = world.directory.servicePrincipals.get(identity.objectId)
    return isAttached && principal && isThere(principal, world.clock.now()) ? principal : undefined
  }

  const answer = ({ headers, url: { searchParams } }: CloudRequest): CloudResponse => {
    if (headers['x-identity-header'] !== identityHeader) return refuse(401, 'The identity header is missing or wrong.')
    if (searchParams.get('api-version') !== API_VERSION)
      return refuse(400, `Only api-version ${API_VERSION} is served.`)
    const resource = searchParams.get('resource')
    if (!resource) return refuse(400, 'Parameter resource is required.')
    const principal = findIdentity()
    if (!isNamed(searchParams) || principal === undefined) {
      return refuse(
        400,
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      )
    }
    try {
      requireResource(world, resource)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      return refuse(400, `AADSTS${error.code}: ${error.message}`)
    }
    const { token, expiresAt } = tokens.issue({
      audience: resource,
      appId: principal.appId,
      oid: principal.objectId,
      roles: isGraph(resource) ? [...principal.graphRoles] : [],
      lifetimeSeconds: LIFETIME_SECONDS,
    })
    return {
      status: 200,
      body: {
        access_token: token,
        expires_on: String(expiresAt),
        resource,
        token_type: 'Bearer',
        client_id: identity.clientId,
      },
    }
  }

  return {
    name: 'identity',
    owns: (host) => host === '127.0.0.1' || host === 'localhost',
    routes: [{ name: 'identity.token', method: 'GET', path: /^\/msi\/token$/, handle: answer }],
    unknownCall: ({ method, url }) => ({
      statusCode: 501,
      message: `The local identity endpoint does not know ${method} ${url.pathname}`,
    }),
    commands: {
      /** Takes the identity off the app, or puts it back. */
      attach: (input) => {
        isAttached = attachInput.parse(input).attached
        return { attached: isAttached }
      },
    },
  }
}
