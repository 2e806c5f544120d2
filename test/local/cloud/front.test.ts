import { execFile } from 'node:child_process'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { HOST, startTinyCloud, type TinyCloud } from './tiny-cloud.ts'

let cloud: TinyCloud
beforeAll(async () => {
  cloud = await startTinyCloud()
})
afterAll(() => cloud.close())

it('leads a process with nothing but the proxy variables to the fakes, by fetch and by node-fetch', async () => {
  const { proxyUrl, certificateFile } = cloud.place
  const script = `
    import nodeFetch from 'node-fetch'
    for (const call of [fetch, nodeFetch]) {
      const answer = await call('https://${HOST}/things/by%2Dfetch', { method: 'POST', body: 'hello' })
      console.log(answer.status, await answer.text())
    }`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { HTTPS_PROXY: proxyUrl, NODE_USE_ENV_PROXY: '1', NODE_EXTRA_CA_CERTS: certificateFile },
  })
  const answer = '201 {"made":"by-fetch","from":"hello"}'
  expect(stdout.trim().split('\n')).toEqual([answer, answer])
})

it('keeps a connection for the next request', async () => {
  await cloud.call('GET', `https://${HOST}/things`)
  expect(await cloud.call('GET', `https://${HOST}/things`)).toMatchObject({ status: 200, reused: true })
})

it('serves 200 requests at once, each its own answer', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `thing-${index}`)
  const replies = await Promise.all(names.map((name) => cloud.call('POST', `https://${HOST}/things/${name}`)))
  expect(replies.map(({ body }) => JSON.parse(body).made)).toEqual(names)
})

it.for(['https://example.com/', 'https://steward.example.com:8443/', `https://${HOST}:8443/things`])(
  'refuses %s, which no service has, and logs it',
  async (url) => {
    const seq = (await cloud.control.requests()).length
    await expect(cloud.call('GET', url)).rejects.toThrow('502')
    const logged = (await cloud.control.requests()).slice(seq)
    expect(logged).toMatchObject([{ method: 'CONNECT', service: 'unknown', route: 'refused', status: 502 }])
    expect(logged[0]?.host).toContain(new URL(url).hostname)
  },
)

it('refuses plain http, which would not be asked for a certificate', async () => {
  const { hostname, port } = new URL(cloud.place.proxyUrl)
  const status = await new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path: 'http://169.254.169.254/metadata' }, (incoming) => {
      text(incoming).then(() => resolve(incoming.statusCode), reject)
    })
    outgoing.once('error', reject).end()
  })
  expect(status).toBe(502)
})

it('refuses a request for another host than the one its tunnel leads to', async () => {
  const before = cloud.service.effects.length
  const reply = await cloud.call('POST', `https://${HOST}/things/smuggled`, {
    headers: { host: 'other.vault.azure.net' },
  })
  expect(reply.status).toBe(421)
  expect(cloud.service.effects).toHaveLength(before)
})

it('answers after a client has broken off in the middle of its greeting', async () => {
  const { hostname, port } = new URL(cloud.place.proxyUrl)
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`),
    )
    socket.once('data', () => {
      socket.end('this is no TLS')
      socket.once('close', () => resolve()).resume()
    })
  })
  expect((await cloud.call('GET', `https://${HOST}/things`)).status).toBe(200)
})
