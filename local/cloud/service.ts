import type { IncomingHttpHeaders } from 'node:http'

/** A request as a fake sees it: TLS and the proxy are behind it, the real host name is in `url`. */
export interface CloudRequest {
  readonly method: string
  readonly url: URL
  /** Named groups of the route's pattern, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** An object body is sent as JSON, a string as it is, an absent body as nothing. */
export interface CloudResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Route {
  /** What tests, faults and the request log call this call, e.g. `applications.addPassword`. */
  readonly name: string
  readonly method: string
  /** Matched against the whole decoded path; named groups become `params`. */
  readonly path: RegExp
  readonly handle: (request: CloudRequest) => CloudResponse | Promise<CloudResponse>
}

/** One stateful fake: the hosts it answers for, the calls it knows, and what tests may arrange. */
export interface CloudService {
  readonly name: string
  owns(host: string): boolean
  readonly routes: readonly Route[]
  /** The body of the 501 that an unknown call gets, in the service's own error shape. */
  unknownCall(request: Omit<CloudRequest, 'params'>): unknown
  /** Commands of the control port (`POST /services/{name}/{command}`): arrange state, switch behaviour, look inside. */
  readonly commands: Readonly<Record<string, (input: unknown) => unknown>>
}
