import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StewardError } from '../../../src/platform/errors.ts'
import type { HttpRequest } from '../../../src/platform/http/message.ts'
import { limits } from '../../../src/platform/limits.ts'
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const read: HttpRequest = { method: 'GET', url: 'https://api.example/things', isRepeatable: true }
const create: HttpRequest = { method: 'PUT', url: 'https://api.example/things', body: '{}', isRepeatable: false }

let service: ScriptedService
beforeEach(async () => {
  service = await startScriptedService()
})
afterEach(() => service.stop())

describe('a request within limits', () => {
  it('is not sent after the deadline', async () => {
    const { http, time } = createTestHttp(service.fetch)
    time.advance(1_000)
    const sending = limits.run({ deadline: 1_000 }, () => http.send(read))
    await expect(sending).rejects.toMatchObject({ code: 'upstream-unavailable', retryable: true })
    expect(service.requests).toHaveLength(0)
  })

  it('is not repeated when the wait that the service wishes for ends after the deadline', async () => {
    const { http, time } = createTestHttp(service.fetch)
    service.on('GET', '/things', { status: 429, headers: { 'retry-after': '15' } }, {})
    const sending = limits.run({ deadline: time.elapsed() + 10_000 }, () => http.send(read))
    await expect(sending).rejects.toMatchObject({ code: 'upstream-throttled', retryAfterMs: 15_000 })
    expect(time.sleeps).toEqual([])
  })

  it('that writes asks again before each repetition whether it still may', async () => {
    const { http } = createTestHttp(service.fetch)
    service.on('PUT', '/things', { status: 429, headers: { 'retry-after': '1' } }, {})
    let asked = 0
    const mayWrite = (): void => {
      asked += 1
      if (asked === 2) throw new StewardError('lease-lost', 'gone')
    }
    const sending = limits.run({ deadline: Number.POSITIVE_INFINITY, mayWrite }, () => http.send(create))
    await expect(sending).rejects.toMatchObject({ code: 'lease-lost' })
    expect(service.requests).toHaveLength(1)
  })

  it('that reads does not ask whether it may write', async () => {
    const { http } = createTestHttp(service.fetch)
    service.on('GET', '/things', {})
    const mayWrite = (): void => {
      throw new StewardError('lease-lost', 'gone')
    }
    expect(await limits.run({ deadline: Number.POSITIVE_INFINITY, mayWrite }, () => http.send(read))).toMatchObject({
      status: 200,
    })
  })
})
