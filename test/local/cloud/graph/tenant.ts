import { createDirectory } from '../../../../local/cloud/entra/directory.ts'
import { createTokenAuthority } from '../../../../local/cloud/entra/token-authority.ts'
import { createGraphService } from '../../../../local/cloud/graph/service.ts'
import type { CloudResponse, CloudService } from '../../../../local/cloud/service.ts'
import type { World } from '../../../../local/cloud/world.ts'
import { command, createPretendWorld, dispatch, STEWARD } from '../pretend-world.ts'

export const GRAPH = 'https://graph.microsoft.com'

export interface Options {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly audience?: string
  readonly lifetimeSeconds?: number
  /** Base URL of another cloud's Graph. */
  readonly at?: string
}

export interface Answer extends CloudResponse {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export interface Tenant {
  readonly world: World
  readonly service: CloudService
  /** Calls Graph as the managed identity, with a token that is as old as the call. */
  send(method: string, path: string, options?: Options): Promise<Answer>
  run<T = unknown>(name: string, input?: unknown): T
  /** Gives the managed identity these Graph roles. */
  setRoles(...roles: readonly string[]): void
}

/** A tenant with its real directory and its real tokens, and Graph in front of it. */
export function createTenant(): Tenant {
  const { clock, settings } = createPretendWorld()
  const directory = createDirectory(settings)
  const tokens = createTokenAuthority({ clock, directory })
  const world: World = { clock, settings, directory, tokens }
  const service = createGraphService(world)
  return {
    world,
    service,
    send: async (method, path, { body, headers, audience, lifetimeSeconds = 3600, at = GRAPH } = {}) => {
      const { objectId, clientId } = STEWARD
      const roles = [...(directory.servicePrincipals.get(objectId)?.graphRoles ?? [])]
      const order = { appId: clientId, oid: objectId, audience: audience ?? at, lifetimeSeconds, roles }
      const response = await dispatch(service, {
        method,
        url: `${at}/v1.0${path}`,
        headers: {
          authorization: `Bearer ${tokens.issue(order).token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? '' : JSON.stringify(body),
      })
      return { ...response, body: response.body }
    },
    run: (name, input) => command(service, name, input),
    setRoles: (...roles) => void command(service, 'setGraphRoles', { oid: STEWARD.objectId, roles }),
  }
}

export const OWNED = { 'owners@odata.bind': [`${GRAPH}/v1.0/directoryObjects/${STEWARD.objectId}`] }

/** Creates an application that the managed identity owns. */
export async function createOwned(tenant: Tenant, properties: object = {}): Promise<{ id: string; appId: string }> {
  const body = { displayName: 'etl', signInAudience: 'AzureADMyOrg', ...OWNED, ...properties }
  const created = await tenant.send('POST', '/applications', { body })
  if (created.status !== 201) throw new Error(JSON.stringify(created.body))
  return created.body
}

export function codeOf({ status, body }: Answer): readonly unknown[] {
  return [status, body?.error?.code]
}
