export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpRequest {
  readonly method: HttpMethod
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Whether sending it twice has the effect of sending it once. What is not is re-sent only after a 429, the one answer that says nothing was done. */
  readonly isRepeatable: boolean
  /** For the whole exchange, body included; 30 000 when absent. */
  readonly timeoutMs?: number
  /** A longer answer is rejected; 4 MiB when absent. */
  readonly maxAnswerBytes?: number
}

/** An answer that the service meant: 2xx, or a 4xx other than 408 and 429. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface HttpClient {
  /**
   * Throws `not-allowed` for a host that the configuration does not name, `outcome-unknown` when a request that must not
   * be repeated may or may not have taken effect, `upstream-throttled` and `upstream-unavailable` when repeating did not
   * help, `upstream-rejected` for redirects and oversized answers.
   */
  send(request: HttpRequest): Promise<HttpAnswer>
}

/** "POST https://host/path", without the query, which may hold names that are nobody's business. */
export function describeRequest(request: Pick<HttpRequest, 'method' | 'url'>): string {
  const url = new URL(request.url)
  return `${request.method} ${url.origin}${url.pathname}`
}
