import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVaultClient, type VaultClient } from '../../../src/clients/keyvault/client.ts'
import type { HttpClient } from '../../../src/platform/http/message.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const VAULT = 'https://kv-etl.vault.azure.net'
const CURRENT = '/secrets/client-secret/'
const VERSIONS = '/secrets/client-secret/versions'
const SET = '/secrets/client-secret'
const V1 = '1'.repeat(32)
const V2 = '2'.repeat(32)
const CREATED = Date.UTC(2026, 0, 1) / 1000

const challenge: ScriptedAnswer = {
  status: 401,
  headers: {
    'www-authenticate': 'Bearer authorization="https://login.windows.net/tenant", resource="https://vault.azure.net"',
  },
  body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
}

const bundle = (version: string, attributes: object = {}, value?: string) => ({
  ...(value === undefined ? {} : { value }),
  id: `${VAULT}/secrets/client-secret/${version}`,
  attributes: { enabled: true, created: CREATED, updated: CREATED, exp: CREATED + 86_400, ...attributes },
  tags: { 'steward-owner': 'etl' },
})

const refusal = (status: number, code: string, inner?: string): ScriptedAnswer => ({
  status,
  body: {
    error: { code, message: `${code} happened`, ...(inner === undefined ? {} : { innererror: { code: inner } }) },
  },
})

/** 404s of gateways, proxies and wrong routes. */
const NOT_THE_VAULT = [
  { status: 404, body: { message: 'no route' } },
  { status: 404, body: '<html>not found</html>' },
  { status: 404 },
  { status: 404, body: { error: { code: 'ResourceNotFound', message: 'no such host' } } },
]

let service: ScriptedService
let vault: VaultClient
let http: HttpClient
let lines: readonly string[]

beforeEach(async () => {
  service = await startScriptedService()
  ;({ http, lines } = createTestHttp(service.fetch))
  vault = createVaultClient({
    http,
    token: async () => new Secret('vault-token'),
    vaultUrl: VAULT,
    identityLabel: 'identity-1',
  })
})

afterEach(() => service.stop())

describe('the current version of a secret', () => {
  it('is told without its value', async () => {
    service.on('GET', CURRENT, challenge, { body: bundle(V1, {}, 'canary') })
    const current = await vault.getCurrentSecret('client-secret')
    expect(current).toEqual({
      version: V1,
      isEnabled: true,
      createdAt: new Date(CREATED * 1000),
      expiresAt: new Date((CREATED + 86_400) * 1000),
      tags: { 'steward-owner': 'etl' },
    })
    expect(JSON.stringify([current, lines])).not.toContain('canary')
  })

  it('is asked for with a token only after the vault has said for whom, and then at once', async () => {
    service.on('GET', CURRENT, challenge, { body: bundle(V1) }, { body: bundle(V1) })
    await vault.getCurrentSecret('client-secret')
    await vault.getCurrentSecret('client-secret')
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer vault-token',
      'Bearer vault-token',
    ])
    expect(service.requests.map(({ url }) => url.host)).toEqual(Array(3).fill('kv-etl.vault.azure.net'))
    expect(
      service.requests.every(({ headers }) => /^[0-9a-f-]{36}$/.test(String(headers['x-ms-client-request-id']))),
    ).toBe(true)
  })

  it('is asked for with a fresh token each time', async () => {
    let tokens = 0
    vault = createVaultClient({
      http,
      token: async () => new Secret(`token ${++tokens}`),
      vaultUrl: VAULT,
      identityLabel: 'i',
    })
    service.on('GET', CURRENT, challenge, { body: bundle(V1) }, { body: bundle(V1) })
    await vault.getCurrentSecret('client-secret')
    await vault.getCurrentSecret('client-secret')
    expect(service.requests.at(-1)?.headers.authorization).toBe('Bearer token 2')
  })

  it('is null where there is no secret', async () => {
    service.on('GET', CURRENT, challenge, refusal(404, 'SecretNotFound'))
    expect(await vault.getCurrentSecret('client-secret')).toBeNull()
  })

  it.each(NOT_THE_VAULT)('is not null when something in front of the vault answers %o', async (answer) => {
    service.on('GET', CURRENT, challenge, answer)
    await expect(vault.getCurrentSecret('client-secret')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('is told even when it is disabled: the newest disabled one', async () => {
    service.on('GET', CURRENT, challenge, refusal(403, 'Forbidden', 'SecretDisabled'))
    const value = [
      bundle('0'.repeat(32), { enabled: false, created: CREATED - 100 }),
      bundle(V1, { created: CREATED + 10 }),
      bundle(V2, { enabled: false, created: CREATED + 10 }),
    ]
    service.on('GET', VERSIONS, { body: { value, nextLink: null } })
    expect(await vault.getCurrentSecret('client-secret')).toMatchObject({ version: V2, isEnabled: false })
  })

  it('is asked for again when the vault is throttled or away', async () => {
    service.on(
      'GET',
      CURRENT,
      { status: 503 },
      challenge,
      { status: 429, headers: { 'retry-after': '1' } },
      { body: bundle(V1) },
    )
    expect(await vault.getCurrentSecret('client-secret')).toMatchObject({ version: V1 })
  })

  it('can be asked for by many at once, from the first call on', async () => {
    service.on(
      'GET',
      CURRENT,
      ...Array.from(
        { length: 8 },
        () =>
          ({ headers }: { headers: object }) =>
            'authorization' in headers ? { body: bundle(V1) } : challenge,
      ),
    )
    const found = await Promise.all(Array.from({ length: 4 }, () => vault.getCurrentSecret('client-secret')))
    expect(found.map((version) => version?.version)).toEqual([V1, V1, V1, V1])
  })

  it.each([
    ['no id', { body: { value: 'canary' } }],
    ['no creation time', { body: { ...bundle(V1, {}, 'canary'), attributes: { enabled: true } } }],
    ['no JSON', { body: 'canary {', headers: { 'content-type': 'application/json' } }],
    ['an empty body', { status: 200 }],
  ])('is an unexpected answer with %s, and the answer is not repeated', async (_what, answer) => {
    service.on('GET', CURRENT, challenge, answer)
    const error: unknown = await vault.getCurrentSecret('client-secret').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('kv-etl.vault.azure.net'),
    })
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('canary')
  })
})

describe('the versions of a secret', () => {
  it('are read page after page', async () => {
    const nextLink = `${VAULT}${VERSIONS}?api-version=2025-07-01&$skiptoken=x&maxresults=25`
    service.on(
      'GET',
      VERSIONS,
      challenge,
      { body: { value: [bundle(V1)], nextLink } },
      { body: { value: [bundle(V2)] } },
    )
    const versions = await vault.listSecretVersions('client-secret')
    expect(versions.map(({ version }) => version)).toEqual([V1, V2])
    expect(service.requests.at(-1)?.url.searchParams.get('$skiptoken')).toBe('x')
  })

  it('are not read from another host, which would get the token', async () => {
    const nextLink = `https://kv-other.vault.azure.net${VERSIONS}?x=1`
    service.on('GET', VERSIONS, challenge, { body: { value: [bundle(V1)], nextLink } }, { body: { value: [] } })
    await expect(vault.listSecretVersions('client-secret')).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(service.requests).toHaveLength(2)
  })

  it.each(NOT_THE_VAULT)('are not none when something in front of the vault answers %o', async (answer) => {
    service.on('GET', VERSIONS, challenge, answer)
    await expect(vault.listSecretVersions('client-secret')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('are none where there is no secret', async () => {
    service.on('GET', VERSIONS, challenge, refusal(404, 'SecretNotFound'))
    expect(await vault.listSecretVersions('client-secret')).toEqual([])
  })
})

describe('setting a secret', () => {
  const set = () =>
    vault.setSecret('client-secret', {
      value: new Secret('canary'),
      expiresAt: new Date((CREATED + 86_400) * 1000),
      tags: { 'steward-owner': 'etl' },
      contentType: 'text/plain',
    })

  it('makes a version with expiry, tags and content type, and sends the value only with a token', async () => {
    service.on('PUT', SET, challenge, { body: bundle(V2, {}, 'canary') })
    expect(await set()).toMatchObject({ version: V2, tags: { 'steward-owner': 'etl' } })
    expect(service.requests[0]?.body).toBe('')
    expect(JSON.parse(service.requests[1]?.body ?? '')).toEqual({
      value: 'canary',
      tags: { 'steward-owner': 'etl' },
      contentType: 'text/plain',
      attributes: { exp: CREATED + 86_400 },
    })
    expect(lines.join()).not.toContain('canary')
  })

  it.each([
    ['ObjectIsDeletedButRecoverable', 'deleted-but-recoverable'],
    ['ObjectIsBeingRecovered', 'being-changed'],
    ['ObjectIsBeingDeleted', 'being-changed'],
  ])('answers %s with the value %s', async (inner, outcome) => {
    service.on('PUT', SET, challenge, refusal(409, 'Conflict', inner))
    expect(await set()).toBe(outcome)
  })

  it.each([{ isLost: true }, { status: 500 }, { status: 503 }])(
    'is not repeated when it may have been done (%o)',
    async (answer) => {
      service.on('PUT', SET, challenge, answer, { body: bundle(V2) })
      await expect(set()).rejects.toMatchObject({ code: 'outcome-unknown' })
      expect(service.requests).toHaveLength(2)
    },
  )

  it.each([
    ['no JSON', { body: 'canary {', headers: { 'content-type': 'application/json' } }],
    ['no id', { body: { value: 'canary' } }],
    ['an empty body', { status: 200 }],
  ])('leaves its outcome open when it is confirmed with %s', async (_what, answer) => {
    service.on('PUT', SET, challenge, answer)
    const error: unknown = await set().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'outcome-unknown' })
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('canary')
  })

  it('is repeated as long as nothing was sent but the question for whom the token is', async () => {
    service.on('PUT', SET, { isLost: true }, { status: 503 }, challenge, { body: bundle(V2) })
    expect(await set()).toMatchObject({ version: V2 })
  })

  it('is repeated when the vault is throttled', async () => {
    service.on('PUT', SET, challenge, { status: 429 }, { body: bundle(V2) })
    expect(await set()).toMatchObject({ version: V2 })
  })

  it.each([
    [403, 'ForbiddenByRbac', /identity-1.*set a secret.*Key Vault Secrets Officer.*az role assignment create/s],
    [403, 'ForbiddenByFirewall', /identity-1.*set a secret.*firewall.*Networking/s],
    [401, undefined, /identity-1.*set a secret.*Key Vault Secrets Officer/s],
  ])('that is denied (%i %s) says which identity lacks what and who grants it', async (status, inner, words) => {
    service.on('PUT', SET, challenge, refusal(status, 'Forbidden', inner))
    const error: unknown = await set().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'upstream-denied', message: expect.stringMatching(words) })
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('canary')
  })

  it.each([
    [{ status: 403 }, 'upstream-denied'],
    [{ status: 403, body: '<html>blocked</html>' }, 'upstream-denied'],
    [refusal(400, 'BadParameter'), 'upstream-rejected'],
    [refusal(409, 'Conflict', 'SomethingNew'), 'upstream-rejected'],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'upstream-rejected'],
  ])('that ends in %o throws %s', async (answer, code) => {
    service.on('PUT', SET, challenge, answer)
    await expect(set()).rejects.toMatchObject({ code })
  })

  it('does not happen when the challenge asks for a token of another domain', async () => {
    const resource = 'Bearer authorization="https://login.windows.net/t", resource="https://evil.example"'
    service.on('PUT', SET, { ...challenge, headers: { 'www-authenticate': resource } }, { body: bundle(V2) })
    await expect(set()).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(service.requests).toHaveLength(1)
  })
})

describe('the value of a version', () => {
  const AT = `/secrets/client-secret/${V1}`
  const read = () => vault.readSecretValue('client-secret', V1)

  it('comes back wrapped, and stands in no log', async () => {
    service.on('GET', AT, challenge, { body: bundle(V1, {}, 'canary') })
    const value = await read()
    expect(value.reveal()).toBe('canary')
    expect(JSON.stringify([value, lines])).not.toContain('canary')
  })

  it.each([
    [refusal(404, 'SecretNotFound'), 'upstream-rejected', /SecretNotFound/],
    [refusal(403, 'Forbidden', 'SecretDisabled'), 'upstream-rejected', /is disabled: enable it/],
    [refusal(403, 'Forbidden', 'ForbiddenByRbac'), 'upstream-denied', /identity-1.*read a secret/s],
    [{ body: bundle(V1, {}, '') }, 'upstream-rejected', /is empty/],
    [{ body: 'canary {', headers: { 'content-type': 'application/json' } }, 'upstream-rejected', /kv-etl/],
  ])('that ends in %o throws %s', async (answer, code, message) => {
    service.on('GET', AT, challenge, answer)
    const error: unknown = await read().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('canary')
  })
})

describe('a deleted secret', () => {
  const DELETED = '/deletedsecrets/client-secret'
  const deleted = {
    ...bundle(V2),
    recoveryId: `${VAULT}${DELETED}`,
    deletedDate: CREATED + 10,
    scheduledPurgeDate: CREATED + 7_776_010,
  }

  it('is told as the version that was current', async () => {
    service.on('GET', DELETED, challenge, { body: deleted })
    expect(await vault.getDeletedSecret('client-secret')).toEqual({
      version: V2,
      isEnabled: true,
      createdAt: new Date(CREATED * 1000),
      expiresAt: new Date((CREATED + 86_400) * 1000),
      tags: { 'steward-owner': 'etl' },
    })
  })

  it('is null where nothing is to be recovered', async () => {
    service.on('GET', DELETED, challenge, refusal(404, 'SecretNotFound'))
    expect(await vault.getDeletedSecret('client-secret')).toBeNull()
  })

  it.each(NOT_THE_VAULT)('is not null when something in front of the vault answers %o', async (answer) => {
    service.on('GET', DELETED, challenge, answer)
    await expect(vault.getDeletedSecret('client-secret')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('that is denied says which right is lacking', async () => {
    service.on('GET', DELETED, challenge, refusal(403, 'Forbidden', 'ForbiddenByRbac'))
    await expect(vault.getDeletedSecret('client-secret')).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/identity-1.*read a deleted secret.*Secrets Officer/s),
    })
  })
})
