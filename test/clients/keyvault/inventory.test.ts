import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVaultClient, type ListedSecret, type VaultClient } from '../../../src/clients/keyvault/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const VAULT = 'https://kv-etl.vault.azure.net'
const LIST = '/secrets'
const V1 = '1'.repeat(32)
const ONE = `/secrets/etl-token/${V1}`
const CREATED = Date.UTC(2026, 0, 1) / 1000

const challenge: ScriptedAnswer = {
  status: 401,
  headers: {
    'www-authenticate': 'Bearer authorization="https://login.windows.net/tenant", resource="https://vault.azure.net"',
  },
  body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
}

const refusal = (status: number, code: string, inner?: string): ScriptedAnswer => ({
  status,
  body: {
    error: { code, message: `${code} happened`, ...(inner === undefined ? {} : { innererror: { code: inner } }) },
  },
})

const item = (name: string, attributes: object = {}, tags?: object) => ({
  id: `${VAULT}/secrets/${name}`,
  attributes: { enabled: true, created: CREATED, updated: CREATED, ...attributes },
  ...(tags === undefined ? {} : { tags }),
})

const bundle = (attributes: object = {}, tags: object = { owner: 'etl' }) => ({
  ...item(`etl-token/${V1}`, attributes, tags),
})

const linkTo = (host: string) => `https://${host}/secrets?api-version=7.5&$skiptoken=x`

let service: ScriptedService
let vault: VaultClient
let lines: readonly string[]

beforeEach(async () => {
  service = await startScriptedService()
  const test = createTestHttp(service.fetch)
  lines = test.lines
  vault = createVaultClient({
    http: test.http,
    token: async () => new Secret('vault-token'),
    vaultUrl: VAULT,
    identityLabel: 'identity-1',
  })
})

afterEach(() => service.stop())

async function list(): Promise<(readonly ListedSecret[])[]> {
  const pages: (readonly ListedSecret[])[] = []
  for await (const page of vault.listSecrets()) pages.push(page)
  return pages
}

describe('the secrets of a vault', () => {
  it('are listed page by page, with what is told of them', async () => {
    service.on(
      'GET',
      LIST,
      challenge,
      {
        body: {
          value: [item('a', { exp: CREATED + 60 }, { owner: 'etl' }), item('b', { enabled: false })],
          nextLink: linkTo('kv-etl.vault.azure.net'),
        },
      },
      { body: { value: [], nextLink: linkTo('kv-etl.vault.azure.net') } },
      { status: 503 },
      { body: { value: [item('c')], nextLink: null } },
    )
    const createdAt = new Date(CREATED * 1000)
    const plain = { isEnabled: true, expiresAt: null, createdAt, tags: {} }
    expect(await list()).toEqual([
      [
        { ...plain, name: 'a', expiresAt: new Date((CREATED + 60) * 1000), tags: { owner: 'etl' } },
        { ...plain, name: 'b', isEnabled: false },
      ],
      [],
      [{ ...plain, name: 'c' }],
    ])
    expect(service.requests[1]?.url.searchParams.get('maxresults')).toBe('25')
  })

  it('are read no further than they are asked for', async () => {
    service.on('GET', LIST, challenge, {
      body: { value: [item('a')], nextLink: linkTo('kv-etl.vault.azure.net') },
    })
    for await (const page of vault.listSecrets()) {
      expect(page).toHaveLength(1)
      break
    }
    expect(service.requests).toHaveLength(2)
  })

  it('may be none', async () => {
    service.on('GET', LIST, challenge, { body: { value: [], nextLink: null } })
    expect((await list()).flat()).toEqual([])
  })

  it('are not listed on another host, which would get the token', async () => {
    service.on('GET', LIST, challenge, { body: { value: [], nextLink: linkTo('kv.evil.example') } }, { body: {} })
    await expect(list()).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(service.requests).toHaveLength(2)
  })

  it('are not listed without end', async () => {
    const page = { body: { value: [], nextLink: linkTo('kv-etl.vault.azure.net') } }
    service.on('GET', LIST, challenge, ...Array.from({ length: 4_100 }, () => page))
    await expect(list()).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('has no end'),
    })
    expect(service.requests).toHaveLength(4_001)
  }, 60_000)

  it.each<[ScriptedAnswer, string, RegExp]>([
    [refusal(403, 'Forbidden', 'ForbiddenByRbac'), 'upstream-denied', /identity-1 to list secrets.*Secrets Officer/s],
    [refusal(403, 'Forbidden', 'ForbiddenByFirewall'), 'upstream-denied', /firewall.*Networking/s],
    [refusal(404, 'SecretNotFound'), 'upstream-rejected', /SecretNotFound/],
    [{ body: '<html>canary</html>' }, 'upstream-rejected', /form that Steward does not know/],
    [{ body: { value: [{ attributes: {} }] } }, 'upstream-rejected', /form that Steward does not know/],
    [{ body: { value: [item('a', { created: 'canary' })] } }, 'upstream-rejected', /form that Steward does not know/],
  ])('are not listed from %o', async (answer, code, message) => {
    service.on('GET', LIST, challenge, answer)
    const error: unknown = await list().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(`${String(error)} ${JSON.stringify(error)} ${lines.join()}`).not.toMatch(/canary|vault-token/)
  })
})

describe('what is told of a version', () => {
  it('is changed, again after a lost answer, and nothing else is', async () => {
    service.on('PATCH', ONE, challenge, { isLost: true }, { body: bundle({ enabled: false }, { state: 'old' }) })
    const change = { tags: { state: 'old' }, isEnabled: false }
    expect(await vault.updateSecret('etl-token', V1, change)).toEqual({
      version: V1,
      isEnabled: false,
      expiresAt: null,
      createdAt: new Date(CREATED * 1000),
      tags: { state: 'old' },
    })
    expect(JSON.parse(service.requests.at(-1)?.body ?? '')).toEqual({
      attributes: { enabled: false },
      tags: { state: 'old' },
    })
  })

  it.each([
    [{ isEnabled: true }, { attributes: { enabled: true } }],
    [{ tags: {} }, { attributes: {}, tags: {} }],
  ])('is changed in part: %j', async (change, sent) => {
    service.on('PATCH', ONE, challenge, { body: bundle() })
    await vault.updateSecret('etl-token', V1, change)
    expect(JSON.parse(service.requests.at(-1)?.body ?? '')).toEqual(sent)
  })

  it.each([
    refusal(404, 'SecretNotFound'),
    refusal(409, 'Conflict', 'ObjectIsBeingDeleted'),
    refusal(409, 'Conflict', 'ObjectIsDeletedButRecoverable'),
  ])('is not there (%o)', async (answer) => {
    service.on('PATCH', ONE, challenge, answer)
    expect(await vault.updateSecret('etl-token', V1, { isEnabled: false })).toBe('not-there')
  })

  it.each<[ScriptedAnswer, string, RegExp]>([
    [refusal(403, 'Forbidden', 'ForbiddenByRbac'), 'upstream-denied', /identity-1 to change the tags.*Officer/s],
    [refusal(400, 'BadParameter'), 'upstream-rejected', /BadParameter/],
    [{ status: 404, body: '<html>not found</html>' }, 'upstream-rejected', /404/],
    [refusal(409, 'Conflict', 'SomethingNew'), 'upstream-rejected', /SomethingNew/],
    [{ body: { attributes: {} } }, 'upstream-rejected', /form that Steward does not know/],
  ])('is not changed otherwise (%o)', async (answer, code, message) => {
    service.on('PATCH', ONE, challenge, answer)
    await expect(vault.updateSecret('etl-token', V1, { tags: {} })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})
