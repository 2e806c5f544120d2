import type { CloudPlace } from '../../../../local/cloud/cloud.ts'
import { createOutsider } from '../../../../local/outsider.ts'
import { DATABRICKS_RESOURCE, getIdentityToken } from '../../identity-token.ts'

export interface SendOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly isAnonymous?: boolean
}

/** Calls a service as the managed identity. */
export interface Sender {
  /** Throws when the status is another: then the traffic is not what it is meant to be. */
  send(status: number, method: string, url: string, options?: SendOptions): Promise<Readonly<Record<string, unknown>>>
}

const RESOURCES: readonly (readonly [suffix: string, resource: string])[] = [
  ['graph.microsoft.com', 'https://graph.microsoft.com'],
  ['.vault.azure.net', 'https://vault.azure.net'],
  ['.azuredatabricks.net', DATABRICKS_RESOURCE],
  ['management.azure.com', 'https://management.azure.com'],
]

export async function createSender(place: CloudPlace): Promise<Sender> {
  const outsider = await createOutsider(place)
  const tokens = new Map<string, Promise<string>>()
  const tokenFor = (hostname: string): Promise<string> => {
    const resource = RESOURCES.find(([suffix]) => hostname.endsWith(suffix))?.[1] ?? hostname
    const token = tokens.get(resource) ?? getIdentityToken(place, resource)
    tokens.set(resource, token)
    return token
  }
  return {
    send: async (status, method, url, { body, headers = {}, isAnonymous = false } = {}) => {
      const answer = await outsider.call(method, url, {
        headers: {
          ...(isAnonymous ? {} : { authorization: `Bearer ${await tokenFor(new URL(url).hostname)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (answer.status !== status) {
        throw new Error(`${method} ${url} was to be answered ${status}, and was ${answer.status}: ${answer.body}`)
      }
      return answer.body === '' ? {} : JSON.parse(answer.body)
    },
  }
}
