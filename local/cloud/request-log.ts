import { appendFileSync } from 'node:fs'

/** One request as the cloud saw it; never a body, never a header that carries a secret. */
export interface LoggedRequest {
  /** In the order of arrival; the log itself is in the order of answers. */
  readonly seq: number
  readonly service: string
  readonly route: string
  readonly host: string
  readonly method: string
  readonly path: string
  /** Null when the connection was cut instead of an answer. */
  readonly status: number | null
  /** Milliseconds since the epoch on the machine's clock. */
  readonly startedAt: number
  readonly durationMs: number
  readonly fault: string | null
  readonly clientRequestId: string | null
  /** `appid` of the bearer token, as far as it can be read. */
  readonly caller: string | null
}

/** An exchange with its bodies, for checks against the services' own descriptions. */
export interface RecordedExchange {
  readonly service: string
  readonly route: string
  readonly method: string
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
  readonly status: number
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
}

/** Takes down what was turned away before it reached a service. */
export interface RefusalLog {
  addRefused(request: Pick<LoggedRequest, 'method' | 'host' | 'path'> & { readonly status: number }): void
}

export interface RequestLog extends RefusalLog {
  nextSeq(): number
  add(request: LoggedRequest): void
  since(seq: number): readonly LoggedRequest[]
  record(exchange: RecordedExchange): void
}

/** `file` gets a JSON line for every request; `recordFile`, where given, every exchange with bodies. */
export function createRequestLog(file: string, recordFile: string | undefined): RequestLog {
  const requests: LoggedRequest[] = []
  let seq = 0
  const add = (request: LoggedRequest): void => {
    requests.push(request)
    appendFileSync(file, `${JSON.stringify(request)}\n`)
  }
  return {
    nextSeq: () => ++seq,
    add,
    addRefused: (request) =>
      add({
        ...request,
        seq: ++seq,
        service: 'unknown',
        route: 'refused',
        startedAt: Date.now(),
        durationMs: 0,
        fault: null,
        clientRequestId: null,
        caller: null,
      }),
    since: (first) => requests.filter((request) => request.seq > first),
    record: (exchange) => {
      if (recordFile !== undefined) appendFileSync(recordFile, `${JSON.stringify(exchange)}\n`)
    },
  }
}
