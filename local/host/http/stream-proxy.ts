import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import type { TypedData } from '../protocol.ts'

/**
 * Metadata of an HTTP invocation, from which the library takes headers and parameters when it streams:
 * query values are among them, the last of a repeated name, and those of the route win.
 */
export function createStreamMetadata(
  headers: Readonly<Record<string, string>>,
  search: URLSearchParams,
  params: Readonly<Record<string, string>>,
): Record<string, TypedData> {
  const values = { ...Object.fromEntries(search), ...params }
  return {
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { string: value }])),
    Query: { json: JSON.stringify(Object.fromEntries(search)) },
    Headers: { json: JSON.stringify(headers) },
  }
}

/**
 * Hands the request to the library inside the worker, which answers it (`enableHttpStream`). As on a real host
 * nothing answers the caller when the function fails, and a caller that goes away does not stop the function.
 */
export function proxyToWorker(
  incoming: IncomingMessage,
  response: ServerResponse,
  httpUri: string,
  invocationId: string,
): void {
  const headers = {
    ...incoming.headers,
    'x-ms-invocation-id': invocationId,
    'x-forwarded-host': incoming.headers.host ?? 'localhost',
    'x-forwarded-proto': 'http',
  }
  const { method } = incoming
  const outgoing = sendRequest(new URL(incoming.url ?? '/', httpUri), { method, headers }, (answer) => {
    const { connection: _, 'keep-alive': __, ...answerHeaders } = answer.headers
    response.writeHead(answer.statusCode ?? 500, answerHeaders)
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}
