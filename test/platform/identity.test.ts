import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TokenCredential } from '@azure/identity'
import { afterEach, describe, expect, it } from 'vitest'
import { CLOUDS } from '../../src/platform/clouds.ts'
import { createIdentity, loadAzureCredential } from '../../src/platform/identity.ts'
import { createManualTime } from '../support/manual-time.ts'

const HOUR_MS = 60 * 60_000
const claims = (payload: object): string => `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`

function setUp(getToken: (scope: string, call: number) => Promise<string>) {
  const time = createManualTime()
  const scopes: string[] = []
  let loads = 0
  const identity = createIdentity({
    time,
    loadCredential: async (): Promise<TokenCredential> => {
      loads++
      return {
        getToken: async (asked) => {
          const scope = String(asked)
          scopes.push(scope)
          return { token: await getToken(scope, scopes.length), expiresOnTimestamp: time.now() + HOUR_MS }
        },
      }
    },
  })
  return { identity, time, scopes, loads: () => loads }
}

describe('a token', () => {
  it('is of the audience asked for', async () => {
    const { identity, scopes } = setUp(async (scope) => `for ${scope}`)
    expect((await identity.token('https://graph.example')).reveal()).toBe('for https://graph.example/.default')
    await identity.token('https://vault.example')
    expect(scopes).toEqual(['https://graph.example/.default', 'https://vault.example/.default'])
  })

  it('is asked for once while it lives, by however many at once', async () => {
    const { identity, scopes, loads } = setUp(async (_scope, call) => `token ${call}`)
    const tokens = await Promise.all(Array.from({ length: 10 }, () => identity.token('a')))
    expect(new Set(tokens.map((token) => token.reveal()))).toEqual(new Set(['token 1']))
    expect([scopes.length, loads()]).toEqual([1, 1])
  })

  it('is renewed five minutes before it ends', async () => {
    const { identity, time } = setUp(async (_scope, call) => `token ${call}`)
    await identity.token('a')
    time.advance(HOUR_MS - 5 * 60_000 - 1)
    expect((await identity.token('a')).reveal()).toBe('token 1')
    time.advance(1)
    expect((await identity.token('a')).reveal()).toBe('token 2')
  })

  it('that is not to be had is an error that says what to do, and is asked for again the next time', async () => {
    const { identity } = setUp(async (_scope, call) => {
      if (call === 1) throw new Error('no managed identity')
      return 'token'
    })
    await expect(identity.token('a')).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: expect.stringContaining('AZURE_CLIENT_ID'),
    })
    expect((await identity.token('a')).reveal()).toBe('token')
  })

  it('does not stay away because the identity library failed to load once', async () => {
    let loads = 0
    const identity = createIdentity({
      time: createManualTime(),
      loadCredential: async () => {
        loads++
        if (loads === 1) throw new Error('not loaded')
        return { getToken: async () => ({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) }
      },
    })
    await expect(identity.token('a')).rejects.toMatchObject({ code: 'upstream-unavailable' })
    expect((await identity.token('a')).reveal()).toBe('token')
  })
})

describe('who the identity is', () => {
  it.each([{ appid: 'client' }, { azp: 'client' }])('is read from its token (%o)', async (payload) => {
    const { identity } = setUp(async () => claims({ oid: 'object', ...payload }))
    expect(await identity.whoAmI('a')).toEqual({ objectId: 'object', clientId: 'client' })
  })

  it('is unknown when the token does not say', async () => {
    const { identity } = setUp(async () => 'opaque')
    await expect(identity.whoAmI('a')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('in Azure', () => {
  let server: Server | undefined

  afterEach(() => {
    server?.close()
    delete process.env['IDENTITY_ENDPOINT']
    delete process.env['IDENTITY_HEADER']
  })

  it("gets tokens from the platform's endpoint, for the user-assigned identity that is named", async () => {
    const asked: URL[] = []
    server = createServer((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://localhost'))
      const token = { access_token: 'platform-token', expires_on: String(Math.floor(Date.now() / 1000) + 3600) }
      response.writeHead(request.headers['x-identity-header'] === 'canary' ? 200 : 401).end(JSON.stringify(token))
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const environment = {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
      IDENTITY_HEADER: 'canary',
      AZURE_CLIENT_ID: '11111111-1111-1111-1111-111111111111',
    }
    // The library reads these two by itself.
    Object.assign(process.env, environment)
    const credential = await loadAzureCredential(environment, CLOUDS.AzureCloud)
    const identity = createIdentity({ time: createManualTime(Date.now()), loadCredential: async () => credential })
    expect((await identity.token('https://vault.azure.net')).reveal()).toBe('platform-token')
    expect(asked[0]?.searchParams.get('client_id')).toBe(environment.AZURE_CLIENT_ID)
    expect(asked[0]?.searchParams.get('resource')).toBe('https://vault.azure.net')
  })
})
