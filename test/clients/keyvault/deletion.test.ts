import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVaultClient, type VaultClient } from '../../../src/clients/keyvault/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const SECRET = '/secrets/client-secret'
const RECOVER = '/deletedsecrets/client-secret/recover'

const refusal = (status: number, code: string, inner?: string): ScriptedAnswer => ({
  status,
  body: {
    error: { code, message: `${code} happened`, ...(inner === undefined ? {} : { innererror: { code: inner } }) },
  },
})

/** 404s of gateways, proxies and wrong routes. */
const NOT_THE_VAULT: ScriptedAnswer[] = [
  { status: 404, body: { message: 'no route' } },
  { status: 404, body: '<html>not found</html>' },
  { status: 404 },
  { status: 404, body: { error: { code: 'ResourceNotFound', message: 'no such host' } } },
]

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
    vaultUrl: 'https://kv-etl.vault.azure.net',
    identityLabel: 'identity-1',
  })
})

afterEach(() => service.stop())

describe.each([
  ['deleting', 'DELETE', SECRET, () => vault.deleteSecret('client-secret')],
  ['recovering', 'POST', RECOVER, () => vault.recoverSecret('client-secret')],
])('%s a secret', (begun, method, path, begin) => {
  it('is one request, which is not waited upon', async () => {
    service.on(method, path, { body: { id: 'x', value: 'canary' } })
    expect(await begin()).toBe(begun)
    const [request] = service.requests
    expect(service.requests).toHaveLength(1)
    expect(request?.url.href).toBe(`https://kv-etl.vault.azure.net${path}?api-version=7.5`)
    expect([request?.headers.authorization, request?.body]).toEqual(['Bearer vault-token', ''])
    expect(lines.join()).not.toMatch(/canary|vault-token/)
  })

  it('finds nothing to do where there is no such secret', async () => {
    service.on(method, path, refusal(404, 'SecretNotFound'))
    expect(await begin()).toBe('missing')
  })

  it.each(NOT_THE_VAULT)('does not take %o for a secret that is not there', async (answer) => {
    service.on(method, path, answer)
    await expect(begin()).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('is repeated when the vault is throttled or away, or the answer is lost', async () => {
    service.on(method, path, { status: 503 }, { status: 429 }, { isLost: true }, { body: {} })
    expect(await begin()).toBe(begun)
  })

  it.each([
    [refusal(403, 'Forbidden', 'ForbiddenByRbac'), 'upstream-denied', /identity-1.*Key Vault Secrets Officer/s],
    [refusal(403, 'Forbidden', 'ForbiddenByFirewall'), 'upstream-denied', /firewall.*Networking/s],
    [refusal(401, 'Unauthorized'), 'upstream-denied', /identity-1/],
    [refusal(409, 'Conflict', 'SomethingNew'), 'upstream-rejected', /SomethingNew/],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'upstream-rejected', /redirect/],
  ])('that ends in %o throws %s', async (answer, code, message) => {
    service.on(method, path, answer)
    const error: unknown = await begin().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('vault-token')
  })
})

describe('a secret that is changing', () => {
  it.each([
    ['ObjectIsBeingDeleted', 'deleting'],
    ['ObjectIsDeletedButRecoverable', 'missing'],
    ['ObjectIsBeingRecovered', 'being-changed'],
  ])('is, for a deletion and with %s, %s', async (inner, outcome) => {
    service.on('DELETE', SECRET, refusal(409, 'Conflict', inner))
    expect(await vault.deleteSecret('client-secret')).toBe(outcome)
  })

  it.each([
    ['ObjectIsBeingRecovered', 'recovering'],
    ['ObjectIsBeingDeleted', 'being-changed'],
  ])('is, for a recovery and with %s, %s', async (inner, outcome) => {
    service.on('POST', RECOVER, refusal(409, 'Conflict', inner))
    expect(await vault.recoverSecret('client-secret')).toBe(outcome)
  })
})
