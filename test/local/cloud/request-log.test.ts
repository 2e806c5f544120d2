import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOST, startTinyCloud, type TinyCloud } from './tiny-cloud.ts'

let cloud: TinyCloud
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steward-test-'))
  cloud = await startTinyCloud(join(folder, 'exchanges.jsonl'))
})
afterAll(async () => {
  await cloud.close()
  await rm(folder, { recursive: true })
})

const readLines = async (file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const bearer = (claims: object): string =>
  `Bearer head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.canary-signature`

it('has one line for each request, with who called and how it went, and no secret', async () => {
  await cloud.call('POST', `https://${HOST}/things/a%20b?view=full`, {
    body: 'canary-body',
    headers: { authorization: bearer({ appid: 'app-1' }), 'client-request-id': 'request-1' },
  })
  const written = (await readLines(cloud.place.requestLogFile)).at(-1)
  expect(written).toMatchObject({
    service: 'tiny',
    route: 'things.create',
    host: HOST,
    method: 'POST',
    path: '/things/a%20b?view=full',
    status: 201,
    fault: null,
    clientRequestId: 'request-1',
    caller: 'app-1',
  })
  expect((await cloud.control.requests()).at(-1)).toEqual(written)
  expect(await readFile(cloud.place.requestLogFile, 'utf8')).not.toContain('canary')
})

it.for(['Bearer nonsense', 'Bearer a.b.c', `Bearer a.${Buffer.from('null').toString('base64url')}.c`])(
  'knows no caller by the authorization "%s"',
  async (authorization) => {
    expect((await cloud.call('GET', `https://${HOST}/things`, { headers: { authorization } })).status).toBe(200)
    expect((await cloud.control.requests()).at(-1)?.caller).toBeNull()
  },
)

it('records exchanges with bodies, but no bearer token', async () => {
  await cloud.call('POST', `https://${HOST}/things/recorded`, {
    body: 'hello',
    headers: { authorization: bearer({}), 'x-databricks-azure-sp-management-token': 'canary-token', prefer: 'kept' },
  })
  const recorded = (await readLines(join(folder, 'exchanges.jsonl'))).at(-1)
  expect(recorded).toMatchObject({
    url: `https://${HOST}/things/recorded`,
    requestBody: 'hello',
    requestHeaders: { prefer: 'kept' },
    status: 201,
    responseHeaders: { 'content-type': 'application/json; charset=utf-8' },
    responseBody: '{"made":"recorded","from":"hello"}',
  })
  expect(JSON.stringify(recorded)).not.toContain('canary')
})

describe('what no fake knows', () => {
  it.for([
    ['GET', '/nothing'],
    ['PATCH', '/things'],
    ['GET', '//things'],
    ['GET', '/%E0%A4%A'],
  ] as const)('is 501 in the words of the service: %s %s', async ([method, path]) => {
    const reply = await cloud.call(method, `https://${HOST}${path}`)
    expect([reply.status, JSON.parse(reply.body)]).toEqual([501, { tiny: `does not know ${path}` }])
    expect((await cloud.control.requests()).at(-1)).toMatchObject({
      service: 'tiny',
      route: 'unknown-call',
      status: 501,
    })
  })
})

it('answers 500 when a fake throws, and goes on', async () => {
  expect((await cloud.call('GET', `https://${HOST}/broken`)).status).toBe(500)
  expect((await cloud.call('GET', `https://${HOST}/things`)).status).toBe(200)
})

it('answers 413 to a body without measure, with no effect', async () => {
  const before = cloud.service.effects.length
  const reply = await cloud.call('POST', `https://${HOST}/things/huge`, { body: 'x'.repeat(9 * 1024 * 1024) })
  expect([reply.status, cloud.service.effects.length]).toEqual([413, before])
})

it('gives a 204 neither body nor length', async () => {
  const reply = await cloud.call('DELETE', `https://${HOST}/things`)
  expect([reply.status, reply.body, reply.headers['content-length']]).toEqual([204, '', undefined])
})
