import { createHttpClient, type HttpClientOptions } from '../../src/platform/http/client.ts'
import type { HttpClient } from '../../src/platform/http/message.ts'
import { createLog } from '../../src/platform/log.ts'
import { createManualTime, type ManualTime } from './manual-time.ts'

export interface TestHttp {
  readonly http: HttpClient
  readonly time: ManualTime
  /** Every line the client logged. */
  readonly lines: readonly string[]
}

/** The product's HTTP client on a given fetch: no pace, every host allowed unless said otherwise, time that does not pass by itself. */
export function createTestHttp(
  fetch: HttpClientOptions['fetch'],
  overrides: Partial<HttpClientOptions> = {},
): TestHttp {
  const time = createManualTime()
  const lines: string[] = []
  const http = createHttpClient({
    fetch,
    time,
    log: createLog((_level, line) => lines.push(line)),
    pace: (_host, work) => work(),
    allowsHost: () => true,
    ...overrides,
  })
  return { http, time, lines }
}
