import type { SecretClientOptions } from '@azure/keyvault-secrets'
import type { CloudService } from '../../../../local/cloud/service.ts'
import { dispatch } from '../pretend-world.ts'

type HttpClient = NonNullable<SecretClientOptions['httpClient']>

type HttpHeaders = Awaited<ReturnType<HttpClient['sendRequest']>>['headers']

function createHeaders(fields: Readonly<Record<string, string>>): HttpHeaders {
  const headers = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    get: (name) => headers.get(name.toLowerCase()),
    has: (name) => headers.has(name.toLowerCase()),
    set: (name, value) => void headers.set(name.toLowerCase(), String(value)),
    delete: (name) => void headers.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(headers),
    [Symbol.iterator]: () => headers[Symbol.iterator](),
  }
}

/** Lets an SDK speak to a service without sockets in between. */
export function createHttpClient(service: CloudService): HttpClient {
  return {
    sendRequest: async (request) => {
      const response = await dispatch(service, {
        method: request.method,
        url: request.url,
        headers: request.headers.toJSON(),
        body: typeof request.body === 'string' ? request.body : '',
      })
      const headers = createHeaders({ 'Content-Type': 'application/json', ...response.headers })
      const bodyAsText = response.body === undefined ? '' : JSON.stringify(response.body)
      return { request, status: response.status, headers, bodyAsText }
    },
  }
}
