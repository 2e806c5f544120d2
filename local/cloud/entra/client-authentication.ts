import type { CloudRequest } from '../service.ts'
import type { World } from '../world.ts'
import { findClient } from './clients.ts'
import type { AuthorityCloud } from './clouds.ts'
import type { Application, ServicePrincipal } from './directory.ts'
import { EntraError, missingParameter } from './errors.ts'
import type { Claims } from './tokens.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

function checkSecret({ appId, passwordCredentials }: Application, secret: string, now: number): void {
  const credential = passwordCredentials.find(({ secretText }) => secretText === secret)
  if (credential !== undefined && credential.endsAt <= now) {
    throw new EntraError(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    )
  }
  if (credential === undefined || credential.usableAt > now || credential.startsAt > now) {
    throw new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
    )
  }
}

/** Only this tenant's own tokens can be judged here; every other issuer is one that no credential matches. */
function readAssertion({ tokens }: World, assertion: string, cloud: AuthorityCloud): Claims {
  const verdict = tokens.verify(`Bearer ${assertion}`, [cloud.exchangeAudience])
  switch (verdict.kind) {
    case 'valid':
      return verdict.claims
    case 'expired':
      throw new EntraError(
        401,
        'invalid_client',
        700024,
        `Client assertion is not within its valid time range. Expiry: ${verdict.detail}.`,
      )
    case 'bad-signature':
      throw new EntraError(
        401,
        'invalid_client',
        700027,
        'The certificate with identifier used to sign the client assertion is not registered on application.',
      )
    case 'wrong-audience':
      throw new EntraError(
        401,
        'invalid_client',
        700212,
        `No matching federated identity record found for presented assertion audience '${verdict.detail}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
      )
    case 'missing':
    case 'malformed':
      throw new EntraError(400, 'invalid_request', 50027, 'JWT token is invalid or malformed.')
  }
}

function checkFederation(application: Application, { iss, sub, aud }: Claims, now: number): void {
  const known = application.federatedIdentityCredentials.filter(({ usableAt }) => usableAt <= now)
  const ofIssuer = known.filter(({ issuer, audiences }) => issuer === iss && audiences.includes(aud))
  if (ofIssuer.some(({ subject }) => subject === sub)) return
  if (ofIssuer.length === 0) {
    throw new EntraError(
      400,
      'invalid_request',
      70021,
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${iss}'. Assertion Subject: '${sub}'. Assertion Audience: '${aud}'. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
    )
  }
  const differsInCase = ofIssuer.some(({ subject }) => subject.toLowerCase() === sub.toLowerCase())
  const hint = differsInCase
    ? ' The subject matches with case-insensitive comparison, but not with case-sensitive comparison.'
    : ''
  throw new EntraError(
    401,
    'invalid_client',
    differsInCase ? 7002138 : 700213,
    `No matching federated identity record found for presented assertion subject '${sub}'.${hint} Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
  )
}

/** HTTP Basic is as good as the form; its two parts are encoded like form fields (RFC 6749, section 2.3.1). */
function readCredentials(
  { headers }: CloudRequest,
  form: URLSearchParams,
): { clientId: string; secret: string | null } {
  const basic = /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const [, id = '', password = ''] = /^([^:]*):(.*)$/.exec(Buffer.from(basic, 'base64').toString()) ?? []
  const header = new URLSearchParams(`id=${id}&secret=${password}`)
  return {
    clientId: form.get('client_id') ?? header.get('id') ?? '',
    secret: form.get('client_secret') ?? (header.get('secret') || null),
  }
}

/** The service principal behind the request's client id, once its secret or assertion has proven it. */
export function authenticateClient(
  world: World,
  request: CloudRequest,
  form: URLSearchParams,
  cloud: AuthorityCloud,
): ServicePrincipal {
  const { clientId, secret } = readCredentials(request, form)
  if (clientId === '') throw missingParameter('client_id')
  const { application, principal } = findClient(world, clientId)
  const now = world.clock.now()
  const assertion = form.get('client_assertion')
  if (assertion !== null) {
    if (form.get('client_assertion_type') !== JWT_BEARER) throw missingParameter('client_assertion_type')
    checkFederation(application, readAssertion(world, assertion, cloud), now)
  } else if (secret !== null) {
    checkSecret(application, secret, now)
  } else {
    throw new EntraError(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    )
  }
  return principal
}
