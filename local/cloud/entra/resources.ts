import type { World } from '../world.ts'
import { type AuthorityCloud, authorityClouds, MICROSOFT_GRAPH_APP_ID } from './clouds.ts'
import { type Application, isThere } from './directory.ts'
import { EntraError, missingParameter, resourceNotFound } from './errors.ts'

const DEFAULT_SCOPE = '/.default'

/** The resource a version 2 request asks for; client credentials allow one scope, and only the default one. */
export function readScope(scope: string | null): string {
  if (scope === null || scope === '') throw missingParameter('scope')
  if (scope.includes(' ') || scope === DEFAULT_SCOPE) {
    throw new EntraError(
      400,
      'invalid_scope',
      70011,
      `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    )
  }
  if (!scope.endsWith(DEFAULT_SCOPE)) {
    throw new EntraError(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    )
  }
  return scope.slice(0, -DEFAULT_SCOPE.length)
}

function isNamed(application: Application, name: string): boolean {
  const uris = application.properties['identifierUris']
  return name === application.appId || (Array.isArray(uris) && uris.includes(name))
}

/** Throws unless the tenant has a resource of this name, in the clouds given. */
export function requireResource(
  { clock, directory, settings }: World,
  resource: string,
  clouds: readonly AuthorityCloud[] = authorityClouds,
): void {
  const name = resource.replace(/\/$/, '')
  const isMicrosofts = clouds.some(
    ({ resources, exchangeAudience }) => resources.includes(name) || exchangeAudience === name,
  )
  if (isMicrosofts) return
  const now = clock.now()
  const isTenants = [...directory.applications.values()].some(
    (application) => isThere(application, now) && isNamed(application, name),
  )
  if (!isTenants) throw resourceNotFound(resource, settings.tenantId)
}

const graphAudiences = [
  MICROSOFT_GRAPH_APP_ID,
  'https://graph.microsoft.com',
  'https://graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
]

/** Application roles go into tokens for the API that defines them, and only Graph's are kept here. */
export function isGraph(resource: string): boolean {
  return graphAudiences.includes(resource.replace(/\/$/, ''))
}
