import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import nodeFetch from 'node-fetch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../../src/platform/http/message.ts'
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const read: HttpRequest = { method: 'GET', url: 'https://api.example/things', isRepeatable: true }
const create: HttpRequest = { method: 'POST', url: 'https://api.example/things', body: '{}', isRepeatable: false }

let service: ScriptedService

beforeEach(async () => {
  service = await startScriptedService()
})

afterEach(() => service.stop())

describe('an answer that the service meant', () => {
  it.each([200, 201, 204, 400, 401, 403, 404, 409, 412, 422])('comes back with status %i', async (status) => {
    service.on('GET', '/things', { status, ...(status === 204 ? {} : { body: 'text' }) })
    const answer = await createTestHttp(service.fetch).http.send(read)
    expect(answer).toMatchObject({ status, body: status === 204 ? '' : 'text' })
    expect(service.requests).toHaveLength(1)
  })

  it('has its headers under lower-case names', async () => {
    service.on('GET', '/things', { headers: { 'X-Reason': 'because' } })
    const answer = await createTestHttp(service.fetch).http.send(read)
    expect(answer.headers.get('x-reason')).toBe('because')
  })
})

describe('every request', () => {
  it('carries a client request id of its own, repetitions too', async () => {
    service.on('GET', '/things', { status: 503 }, { status: 200 })
    await createTestHttp(service.fetch).http.send(read)
    const ids = service.requests.map(({ headers }) => headers['x-ms-client-request-id'])
    expect(new Set(ids).size).toBe(2)
    expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(String(id)))).toBe(true)
  })

  it('goes nowhere when the configuration does not name the host', async () => {
    const { http } = createTestHttp(service.fetch, { allowsHost: (host) => host === 'api.example' })
    await expect(http.send({ ...read, url: 'https://evil.example/things' })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    await expect(http.send({ ...read, url: 'http://api.example/things' })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    await expect(http.send({ ...read, url: 'https://api.example:8443/x' })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    expect(service.requests).toHaveLength(0)
  })

  it('goes through the pace of its host, once for each attempt', async () => {
    const hosts: string[] = []
    service.on('GET', '/things', { status: 503 }, {})
    const { http } = createTestHttp(service.fetch, {
      pace: (host, work) => {
        hosts.push(host)
        return work()
      },
    })
    await http.send(read)
    expect(hosts).toEqual(['api.example', 'api.example'])
  })

  it('leaves its query and its token out of the log and the errors', async () => {
    service.on('GET', '/things', { status: 503 }, {}, { status: 302 })
    const { http, lines } = createTestHttp(service.fetch)
    const request = { ...read, url: `${read.url}?filter=canary`, headers: { authorization: 'Bearer canary-token' } }
    await http.send(request)
    const error: unknown = await http.send(request).catch((thrown: unknown) => thrown)
    expect(lines.length).toBeGreaterThan(1)
    expect(`${lines.join()} ${String(error)}`).not.toContain('canary')
  })
})

describe('a throttled request', () => {
  it('is sent again after the wait that the service asks for, even when it must not be repeated', async () => {
    service.on('POST', '/things', { status: 429, headers: { 'retry-after': '7' } }, { status: 201 })
    const { http, time } = createTestHttp(service.fetch)
    expect((await http.send(create)).status).toBe(201)
    expect(time.sleeps).toEqual([7_050])
  })

  it('is given up at once, with the wait, when the service asks for more than an invocation has', async () => {
    service.on('GET', '/things', { status: 429, headers: { 'retry-after': '120' } })
    const { http, time } = createTestHttp(service.fetch)
    await expect(http.send(read)).rejects.toMatchObject({
      code: 'upstream-throttled',
      retryable: true,
      retryAfterMs: 120_000,
    })
    expect(time.sleeps).toEqual([])
  })

  it('is given up after four attempts, the pauses doubling', async () => {
    service.on('GET', '/things', ...Array.from({ length: 4 }, () => ({ status: 429 })))
    const { http, time } = createTestHttp(service.fetch)
    await expect(http.send(read)).rejects.toMatchObject({ code: 'upstream-throttled', status: 503 })
    expect(service.requests).toHaveLength(4)
    expect(time.sleeps).toEqual([300, 600, 1200])
  })
})

describe.each([408, 500, 502, 503, 504])('a failure of the service (%i)', (status) => {
  it('is got over by sending a repeatable request again', async () => {
    service.on('GET', '/things', { status }, { status: 200 })
    expect((await createTestHttp(service.fetch).http.send(read)).status).toBe(200)
  })

  it('is the end of a repeatable request after four attempts', async () => {
    service.on('GET', '/things', ...Array.from({ length: 4 }, () => ({ status })))
    await expect(createTestHttp(service.fetch).http.send(read)).rejects.toMatchObject({
      code: 'upstream-unavailable',
      data: { status },
    })
    expect(service.requests).toHaveLength(4)
  })

  it('leaves the outcome of a request that must not be repeated unknown', async () => {
    service.on('POST', '/things', { status }, { status: 201 })
    await expect(createTestHttp(service.fetch).http.send(create)).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(service.requests).toHaveLength(1)
  })
})

describe('an answer that never comes', () => {
  it('is got over by sending a repeatable request again', async () => {
    service.on('GET', '/things', { isLost: true }, { status: 200 })
    expect((await createTestHttp(service.fetch).http.send(read)).status).toBe(200)
  })

  it('leaves the outcome of a request that must not be repeated unknown', async () => {
    service.on('POST', '/things', { isLost: true }, { status: 201 })
    await expect(createTestHttp(service.fetch).http.send(create)).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: 'POST https://api.example/things gave no answer (limit 30 s); it may or may not have taken effect.',
    })
    expect(service.requests).toHaveLength(1)
  })

  it('counts as such once the time limit has passed', async () => {
    service.on('POST', '/things', { delayMs: 2_000 })
    await expect(createTestHttp(service.fetch).http.send({ ...create, timeoutMs: 100 })).rejects.toMatchObject({
      code: 'outcome-unknown',
    })
  })

  it('counts as such when the body stops half-way', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{"half":')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { http } = createTestHttp(((_url: string, init: Parameters<typeof nodeFetch>[1]) =>
      nodeFetch(`http://127.0.0.1:${port}/`, init)) as typeof nodeFetch)
    await expect(http.send({ ...create, timeoutMs: 200 })).rejects.toMatchObject({ code: 'outcome-unknown' })
    server.close()
  })
})

describe('a service that cannot be reached', () => {
  it('did nothing, so that even a create is sent again and ends as unavailable', async () => {
    await service.stop()
    const { http, time } = createTestHttp(service.fetch)
    await expect(http.send(create)).rejects.toMatchObject({ code: 'upstream-unavailable', retryable: true })
    expect(time.sleeps).toHaveLength(3)
    service = await startScriptedService()
  })
})

describe('what Steward does not take', () => {
  it.each([301, 302, 303, 307, 308])('is a redirect (%i), which would lead the token elsewhere', async (status) => {
    service.on('GET', '/things', { status, headers: { location: 'https://evil.example/' } })
    await expect(createTestHttp(service.fetch).http.send(read)).rejects.toMatchObject({
      code: 'upstream-rejected',
      retryable: false,
    })
    expect(service.requests).toHaveLength(1)
  })

  it('is an answer beyond four megabytes', async () => {
    service.on('GET', '/things', { body: 'x'.repeat(4 * 1024 * 1024 + 1) })
    await expect(createTestHttp(service.fetch).http.send(read)).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(service.requests).toHaveLength(1)
  })

  it('is not an answer of just four megabytes', async () => {
    service.on('GET', '/things', { body: 'x'.repeat(4 * 1024 * 1024) })
    expect((await createTestHttp(service.fetch).http.send(read)).body).toHaveLength(4 * 1024 * 1024)
  })

  it('is an answer beyond what the request itself allows, more or less', async () => {
    const body = 'x'.repeat(4 * 1024 * 1024 + 1)
    service.on('GET', '/things', { body }, { body: 'xxx' })
    const { http } = createTestHttp(service.fetch)
    expect((await http.send({ ...read, maxAnswerBytes: body.length })).body).toBe(body)
    await expect(http.send({ ...read, maxAnswerBytes: 2 })).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('more than 2 bytes'),
    })
  })
})
