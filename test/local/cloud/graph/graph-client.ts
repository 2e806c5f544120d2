import type { Clock } from '../../../../local/cloud/clock.ts'
import { createDirectory } from '../../../../local/cloud/entra/directory.ts'
import { createTokenAuthority } from '../../../../local/cloud/entra/token-authority.ts'
import { createGraphService } from '../../../../local/cloud/graph/service.ts'
import type { CloudResponse } from '../../../../local/cloud/service.ts'
import type { SigningWorld } from '../../../../local/cloud/world.ts'
import { command, createPretendWorld, dispatch } from '../pretend-world.ts'

export const GRAPH = 'https://graph.microsoft.com'
export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into from many sides, as a client in JavaScript would
  readonly body: any
}

export interface GraphClient {
  readonly world: SigningWorld
  readonly clock: Clock
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Runs a command of the control port. */
  arrange<T = unknown>(name: string, input?: unknown): T
  /** A client whose tokens are of another principal, with these Graph roles. */
  signInAs(objectId: string, roles: readonly string[]): GraphClient
}

/** A tenant with the managed identity of the settings, with its Graph roles. */
export function createGraphClient(): GraphClient {
  const pretend = createPretendWorld()
  const { clock, settings } = pretend
  const directory = createDirectory(settings)
  const tokens = createTokenAuthority({ clock, directory })
  const world: SigningWorld = { ...pretend, directory, tokens }
  const service = createGraphService(world)

  const signIn = (objectId: string, roles?: readonly string[]): GraphClient => ({
    world,
    clock,
    arrange: (name, input) => command(service, name, input),
    signInAs: signIn,
    send: async (method, path, body, headers = {}) => {
      const principal = directory.servicePrincipals.get(objectId)
      if (principal === undefined) throw new Error(`no service principal ${objectId}`)
      const { token } = tokens.issue({
        audience: GRAPH,
        appId: principal.appId,
        oid: objectId,
        roles: roles ?? [...principal.graphRoles],
        lifetimeSeconds: 3600,
      })
      const response: CloudResponse = await dispatch(service, {
        method,
        url: `${GRAPH}/v1.0${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return { headers: {}, body: undefined, ...response }
    },
  })
  return signIn(settings.identity.objectId)
}

/** Makes an application as the client and gives its answer's body. */
export async function createApplication(client: GraphClient, properties: object = {}): Promise<Answer['body']> {
  const answer = await client.send('POST', '/applications', {
    displayName: 'etl',
    signInAudience: 'AzureADMyOrg',
    ...properties,
  })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
