import type { CloudResponse, CloudService } from '../../../../local/cloud/service.ts'
import type { World } from '../../../../local/cloud/world.ts'
import { dispatch, issueToken, STEWARD, WORKSPACE } from '../pretend-world.ts'

const AUDIENCE = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'
export const SCIM = '/api/2.0/preview/scim/v2'

export interface Options {
  readonly as?: { readonly objectId: string; readonly clientId: string }
  readonly audience?: string
  readonly lifetimeSeconds?: number
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Answer extends CloudResponse {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

export type Send = (method: string, path: string, options?: Options) => Promise<Answer>

/** Calls a workspace as the managed identity, unless told otherwise. */
export function createSend(world: World, service: CloudService): Send {
  return async (method, path, options = {}) => {
    const { as = STEWARD, audience = AUDIENCE, lifetimeSeconds, host = WORKSPACE, headers, body } = options
    const response = await dispatch(service, {
      method,
      url: `https://${host}${path}`,
      headers: {
        authorization: `Bearer ${issueToken(world.clock, audience, as, lifetimeSeconds)}`,
        'content-type': 'application/scim+json; charset=utf-8',
        ...headers,
      },
      body: body === undefined ? '' : JSON.stringify(body),
    })
    return { ...response, body: response.body }
  }
}

export function patchOp(...operations: readonly unknown[]): unknown {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}

export function filterBy(filter: string): string {
  return `filter=${encodeURIComponent(filter)}`
}
