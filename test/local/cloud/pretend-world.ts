import { createRbac } from '../../../local/cloud/arm/rbac.ts'
import { seedRoleAssignments } from '../../../local/cloud/arm/seeds.ts'
import type { Clock } from '../../../local/cloud/clock.ts'
import type { Directory } from '../../../local/cloud/entra/directory.ts'
import type { Claims, TokenAuthority } from '../../../local/cloud/entra/tokens.ts'
import { createVaults } from '../../../local/cloud/keyvault/vault-state.ts'
import type { CloudResponse, CloudService } from '../../../local/cloud/service.ts'
import type { CloudSettings } from '../../../local/cloud/settings.ts'
import type { World } from '../../../local/cloud/world.ts'

export const TENANT_ID = '11111111-1111-1111-1111-111111111111'
export const STEWARD = {
  objectId: '22222222-2222-2222-2222-222222222222',
  clientId: '33333333-3333-3333-3333-333333333333',
  name: 'id-steward',
}
export const STRANGER = {
  objectId: '44444444-4444-4444-4444-444444444444',
  clientId: '55555555-5555-5555-5555-555555555555',
}
export const VAULT = 'kv-one.vault.azure.net'
export const WORKSPACE = 'adb-1234567890123456.7.azuredatabricks.net'
export const OTHER_WORKSPACE = 'adb-6543210987654321.3.azuredatabricks.net'

/** A token is its claims, readable; what signs real ones is tested elsewhere. */
export function issueToken(
  clock: Clock,
  audience: string,
  identity: { objectId: string; clientId: string } = STEWARD,
  lifetimeSeconds = 3600,
): string {
  const seconds = Math.floor(clock.now() / 1000)
  const claims: Claims = {
    aud: audience,
    iss: `https://sts.windows.net/${TENANT_ID}/`,
    appid: identity.clientId,
    oid: identity.objectId,
    sub: identity.objectId,
    tid: TENANT_ID,
    nbf: seconds,
    exp: seconds + lifetimeSeconds,
  }
  return Buffer.from(JSON.stringify(claims)).toString('base64url')
}

function createReadableTokens(clock: Clock): TokenAuthority {
  return {
    verify: (authorization, audiences) => {
      if (authorization === undefined) return { kind: 'missing', detail: '' }
      const token = /^Bearer (.+)$/.exec(authorization)?.[1]
      if (token === undefined) return { kind: 'malformed', detail: authorization }
      let claims: Claims
      try {
        claims = JSON.parse(Buffer.from(token, 'base64url').toString()) as Claims
      } catch {
        return { kind: 'malformed', detail: token }
      }
      if (claims.exp * 1000 <= clock.now()) return { kind: 'expired', detail: String(claims.exp) }
      if (!audiences.includes(claims.aud.replace(/\/$/, ''))) return { kind: 'wrong-audience', detail: claims.aud }
      return { kind: 'valid', claims }
    },
  }
}

export function createPretendWorld(): World {
  let shift = 0
  const clock: Clock = {
    now: () => Date.now() + shift,
    advance: (milliseconds) => {
      shift += milliseconds
    },
  }
  const settings: CloudSettings = {
    tenantId: TENANT_ID,
    identity: STEWARD,
    subscriptionId: '66666666-6666-6666-6666-666666666666',
    vaults: [VAULT, 'kv-two.vault.azure.cn'],
    workspaces: [WORKSPACE, OTHER_WORKSPACE],
  }
  const directory: Directory = { tenantId: TENANT_ID, applications: new Map(), servicePrincipals: new Map() }
  return {
    clock,
    tokens: createReadableTokens(clock),
    directory,
    settings,
    rbac: createRbac(() => seedRoleAssignments(settings, directory)),
    vaults: createVaults(settings),
  }
}

export interface Call {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Hands a request to the one route of the service that takes it; what no route takes is 501. */
export async function dispatch(
  service: CloudService,
  { method, url, headers = {}, body = '' }: Call,
): Promise<CloudResponse> {
  const request = { method, url: new URL(url), headers, body: Buffer.from(body) }
  const path = decodeURIComponent(request.url.pathname)
  const routes = service.routes.filter((route) => route.method === method && route.path.test(path))
  if (routes.length > 1) throw new Error(`${routes.map(({ name }) => name).join(' and ')} both take ${method} ${path}`)
  const [route] = routes
  if (route === undefined) return { status: 501, body: service.unknownCall(request) }
  return route.handle({ ...request, params: { ...route.path.exec(path)?.groups } })
}

/** Runs a command of the service's control port. */
export function command<T = unknown>(service: CloudService, name: string, input: unknown = {}): T {
  const run = service.commands[name]
  if (run === undefined) throw new Error(`${service.name} has no command ${name}`)
  return run(input) as T
}
