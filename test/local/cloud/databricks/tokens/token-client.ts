import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import type { World } from '../../../../../local/cloud/world.ts'
import { command, createPretendWorld, STRANGER } from '../../pretend-world.ts'
import { type Answer, createSend, type Options, SCIM, type Send } from '../workspace-client.ts'

export const DAY_MS = 86_400_000
export const PERMISSIONS = '/api/2.0/permissions/authorization/tokens'
const CONF = '/api/2.0/workspace-conf'

export interface Seeded {
  readonly tokenId: string
  readonly tokenValue: string
}

export interface Described {
  readonly tokenId: string
  readonly comment: string | null
  readonly state: string
}

/** Calls about tokens, as the managed identity unless told otherwise. */
export interface TokenClient {
  readonly world: World
  readonly service: CloudService
  readonly send: Send
  create(body?: object, options?: Options): Promise<Answer>
  list(options?: Options): Promise<Answer>
  remove(tokenId: string, options?: Options): Promise<Answer>
  manage(method: string, path?: string, options?: Options): Promise<Answer>
  me(tokenValue: string, options?: Options): Promise<Answer>
  /** Adds to the permissions on tokens; there must have been a token. */
  grant(entry: object): Promise<Answer>
  setConf(conf: object): Promise<Answer>
  seed(token?: object): Seeded
  describe(): readonly Described[]
}

export const bearer = (tokenValue: string): Options => ({ headers: { authorization: `Bearer ${tokenValue}` } })

export const asStranger: Options = { as: STRANGER }

export const usesTokens = (clientId: string): object => ({
  service_principal_name: clientId,
  permission_level: 'CAN_USE',
})

/** A workspace of which the managed identity is admin and the stranger a member without rights. */
export function createTokenClient(): TokenClient {
  const world = createPretendWorld()
  const service = createDatabricksService(world)
  const send = createSend(world, service)
  command(service, 'seed', {
    resources: [{ kind: 'ServicePrincipal', applicationId: STRANGER.clientId, displayName: 'etl' }],
  })
  return {
    world,
    service,
    send,
    create: (body = {}, options = {}) => send('POST', '/api/2.0/token/create', { ...options, body }),
    list: (options) => send('GET', '/api/2.0/token/list', options),
    remove: (tokenId, options = {}) =>
      send('POST', '/api/2.0/token/delete', { ...options, body: { token_id: tokenId } }),
    manage: (method, path = '', options = {}) => send(method, `/api/2.0/token-management/tokens${path}`, options),
    me: (tokenValue, options = {}) => send('GET', `${SCIM}/Me`, { ...options, ...bearer(tokenValue) }),
    grant: (entry) => send('PATCH', PERMISSIONS, { body: { access_control_list: [entry] } }),
    setConf: (conf) => send('PATCH', CONF, { body: conf }),
    seed: (token = {}) => command<Seeded>(service, 'seedToken', { applicationId: STRANGER.clientId, ...token }),
    describe: () => command<{ tokens: readonly Described[] }>(service, 'tokens').tokens,
  }
}
