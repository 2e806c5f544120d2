import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ClientProof, createEntraClient } from '../../../src/clients/entra/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const TOKEN = '/tenant-1/oauth2/v2.0/token'

let service: ScriptedService

beforeEach(async () => {
  service = await startScriptedService()
})

afterEach(() => service.stop())

function connect() {
  const { http } = createTestHttp(service.fetch)
  return createEntraClient({ http, authorityHost: 'login.microsoftonline.com', tenantId: 'tenant-1' })
}

function tryIt() {
  return connect().tryClientSecret({
    clientId: 'client-1',
    secret: new Secret('can~a.ry+/&='),
    audience: 'https://graph.microsoft.com',
  })
}

const refusal = (number: number | undefined, error = 'invalid_client', status = 401) => ({
  status,
  body: {
    error,
    error_description: `AADSTS${number}: canary was provided.`,
    ...(number === undefined ? {} : { error_codes: [number] }),
  },
})

describe('trying a client secret', () => {
  it('is accepted when Entra gives a token for it', async () => {
    service.on('POST', TOKEN, { body: { access_token: 't', token_type: 'Bearer', expires_in: 3599 } })
    expect(await tryIt()).toBe('accepted')
    const [request] = service.requests
    expect(request?.url.host).toBe('login.microsoftonline.com')
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      client_secret: 'can~a.ry+/&=',
      scope: 'https://graph.microsoft.com/.default',
    })
  })

  it.each([
    [7000215, 'not-accepted-yet'],
    [700016, 'not-accepted-yet'],
    [7000229, 'service-principal-missing'],
  ])('that ends in AADSTS%i is %s', async (number, verdict) => {
    service.on('POST', TOKEN, refusal(number))
    expect(await tryIt()).toBe(verdict)
  })

  it('reads the number where it stands without a text', async () => {
    service.on('POST', TOKEN, { status: 401, body: { error: 'invalid_client', error_codes: [7000215] } })
    expect(await tryIt()).toBe('not-accepted-yet')
  })

  it('reads the number from the text when it stands nowhere else', async () => {
    const body = { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' }
    service.on('POST', TOKEN, { status: 401, body })
    expect(await tryIt()).toBe('not-accepted-yet')
  })

  it.each([7000222, 90002, 50034, 700213])(
    'that ends in AADSTS%i is an error with the number and no text of theirs',
    async (number) => {
      service.on('POST', TOKEN, refusal(number, 'invalid_request', 400))
      const error: unknown = await tryIt().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'upstream-rejected', message: expect.stringContaining(`AADSTS${number}`) })
      expect(JSON.stringify(error) + String(error)).not.toMatch(/canary|can~a/)
    },
  )

  it('is repeated when Entra does not answer, since it changes nothing', async () => {
    service.on('POST', TOKEN, { isLost: true }, { status: 503 }, { body: { access_token: 't' } })
    expect(await tryIt()).toBe('accepted')
  })

  it('may succeed later when Entra says that it is not available', async () => {
    service.on('POST', TOKEN, refusal(90033, 'temporarily_unavailable', 400))
    await expect(tryIt()).rejects.toMatchObject({ code: 'upstream-unavailable' })
  })

  it('is not accepted because of an answer without a token', async () => {
    service.on('POST', TOKEN, { body: {} }, { status: 400, body: '<html>' })
    await expect(tryIt()).rejects.toMatchObject({ code: 'upstream-rejected' })
    await expect(tryIt()).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('signing an application in', () => {
  const secret = { kind: 'client-secret', secret: new Secret('can~a.ry+/&=') } as const
  const federated = { kind: 'federated', assertion: new Secret('can.a.ry') } as const
  const acquire = (proof: ClientProof) =>
    connect().acquireToken({ clientId: 'client-1', proof, audience: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d' })

  it.each([
    [secret, { client_secret: 'can~a.ry+/&=' }],
    [
      federated,
      {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'can.a.ry',
      },
    ],
  ])('gives a token for %o', async (proof, sent) => {
    service.on(
      'POST',
      TOKEN,
      { isLost: true },
      { body: { access_token: 'canary', token_type: 'Bearer', expires_in: 3599 } },
    )
    const acquired = await acquire(proof)
    expect(acquired).toEqual({ kind: 'token', token: expect.any(Secret), lifetimeSeconds: 3599 })
    expect(acquired.kind === 'token' && acquired.token.reveal()).toBe('canary')
    expect(inspect(acquired)).not.toContain('canary')
    expect(Object.fromEntries(new URLSearchParams(service.requests[1]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      scope: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default',
      ...sent,
    })
  })

  it.each([
    ['3599', 3599],
    [undefined, 0],
    [null, 0],
  ])('reads a lifetime of %j', async (expires_in, lifetimeSeconds) => {
    service.on('POST', TOKEN, { body: { access_token: 'canary', expires_in } })
    expect(await acquire(secret)).toMatchObject({ kind: 'token', lifetimeSeconds })
  })

  it.each([
    [7000215, secret, 'not-accepted-yet'],
    [700016, secret, 'application-missing'],
    [700016, federated, 'application-missing'],
    [7000229, federated, 'service-principal-missing'],
    [70021, federated, 'no-federated-credential'],
    [700211, federated, 'no-federated-credential'],
    [700212, federated, 'no-federated-credential'],
    [700213, federated, 'no-federated-credential'],
    [7002138, federated, 'no-federated-credential'],
  ] as const)('that ends in AADSTS%i is refused, with %o: %s', async (number, proof, reason) => {
    service.on('POST', TOKEN, refusal(number, 'invalid_request', 400))
    expect(await acquire(proof)).toEqual({ kind: 'refused', reason })
  })

  it.each([
    [refusal(7000222), /AADSTS7000222; its client secret is expired/],
    [refusal(700213, 'invalid_request', 400), /AADSTS700213; look it up/],
    [refusal(50034, 'invalid_request', 400), /AADSTS50034; look it up/],
    [{ body: { access_token: ['canary'] } }, /access_token/],
    [{ body: { access_token: 'canary', expires_in: 'canary' } }, /expires_in/],
    [{ body: 'canary' }, /not JSON/],
  ])('is an error with no text of theirs after %o', async (answer, message) => {
    service.on('POST', TOKEN, answer)
    const error: unknown = await acquire(secret).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'upstream-rejected', message: expect.stringMatching(message) })
    expect(inspect(error, { depth: 9 })).not.toMatch(/canary|can~a/)
  })
})
