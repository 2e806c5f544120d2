import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createPrincipalClient,
  exchangeOAuthSecret,
  type PrincipalClient,
} from '../../../src/clients/databricks/principal-client.ts'
import type { HttpClient } from '../../../src/platform/http/message.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { findSecrets } from '../../support/secret-search.ts'
import { createTestHttp } from '../../support/test-http.ts'
import { refusal } from './scripted-workspace.ts'

const ME = '/api/2.0/preview/scim/v2/Me'
const CREATE = '/api/2.0/token/create'
const EXCHANGE = '/oidc/v1/token'
const WORKSPACE = 'https://adb-1.2.azuredatabricks.net'
/** Of no shape that anything would know as a secret. */
const VALUE = 'Grüße von nebenan, 17 Uhr'
const EXPIRY = Date.UTC(2026, 11, 1)

const wish = { comment: 'steward:etl', lifetimeSeconds: 86_400, scopes: null }
const created = {
  token_value: VALUE,
  token_info: { token_id: 'token-1', creation_time: 1, expiry_time: EXPIRY, comment: 'steward:etl' },
}

const reasonPhrase = (status: number, phrase: string): ScriptedAnswer => ({
  status,
  headers: { 'x-databricks-reason-phrase': phrase },
})
const DEAD: ScriptedAnswer[] = [
  { status: 401 },
  { status: 401, body: { error_code: 401, message: 'Credential was not sent or was of an unsupported type.' } },
  { status: 403, body: { error_code: 403, message: 'Invalid access token.' } },
  { status: 403, body: { error_code: '403', message: 'Invalid access token. [ReqId: 1-2-3]' } },
  refusal(403, 'PERMISSION_DENIED', 'Invalid access token.'),
  { status: 403, body: '<html><title>Error 403 Invalid access token.</title><body>HTTP ERROR 403</body></html>' },
  { status: 403, body: '<html><p>Reason:\n<pre>    Invalid access token.</pre></p></html>' },
  { status: 403, body: 'Invalid access token.' },
  { status: 403, body: { error: 'Invalid access token.' } },
  reasonPhrase(403, 'Invalid access token.'),
]
const NOT_DEAD: ScriptedAnswer[] = [
  { status: 403 },
  refusal(403, 'PERMISSION_DENIED', 'Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 1'),
  refusal(403, 'PERMISSION_DENIED', 'User not authorized.'),
  { status: 403, body: { schemas: [], status: '403', detail: 'This API is disabled for users without admin status' } },
  reasonPhrase(403, 'Unauthorized network access to workspace: 1'),
]

let service: ScriptedService
let http: HttpClient
let lines: readonly string[]
let principal: PrincipalClient

beforeEach(async () => {
  service = await startScriptedService()
  ;({ http, lines } = createTestHttp(service.fetch))
  principal = createPrincipalClient({
    http,
    token: async () => new Secret('principal-token'),
    workspaceUrl: WORKSPACE,
    identityLabel: 'client-1',
  })
})

afterEach(() => service.stop())

const catchError = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

const placesOf = (...things: unknown[]) => [
  ...things.map((thing, index) => ({ name: `thing ${index}`, text: inspect(thing, { depth: 9 }) })),
  { name: 'log', text: lines.join('\n') },
]

describe('whom a token signs in', () => {
  it('is told by the application id, and only the token is sent', async () => {
    service.on('GET', ME, { body: { id: '1', userName: 'client-1', groups: [], active: true } })
    expect(await principal.whoAmI()).toEqual({ applicationId: 'client-1' })
    const [request] = service.requests
    expect(request?.url.origin).toBe(WORKSPACE)
    expect(request?.headers.authorization).toBe('Bearer principal-token')
    expect(Object.keys(request?.headers ?? {}).filter((name) => name.startsWith('x-databricks'))).toEqual([])
  })

  it.each(DEAD)('is nobody when the token is dead: %o', async (answer) => {
    service.on('GET', ME, answer)
    expect(await principal.whoAmI()).toBe('token-dead')
  })

  it.each(NOT_DEAD)('is refused, not dead, with %o', async (answer) => {
    service.on('GET', ME, answer)
    await expect(principal.whoAmI()).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/client-1.*active service principal.*workspace admin/s),
    })
  })

  it.each<ScriptedAnswer>([
    { body: {} },
    { body: '<html>sign in</html>' },
    { status: 302, headers: { location: '/login' } },
    { status: 404, body: 'Invalid access token.' },
  ])('is not known from %o', async (answer) => {
    service.on('GET', ME, answer)
    await expect(principal.whoAmI()).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('is asked for again after a lost answer', async () => {
    service.on('GET', ME, { isLost: true }, { body: { userName: 'client-1' } })
    expect(await principal.whoAmI()).toEqual({ applicationId: 'client-1' })
  })
})

describe('a token of its own', () => {
  it('is made with a comment and a lifetime, and shown to nobody', async () => {
    service.on('POST', CREATE, { body: created })
    const issued = await principal.createToken(wish)
    expect(issued).toEqual({ tokenId: 'token-1', value: expect.any(Secret), expiresAt: new Date(EXPIRY) })
    expect(issued.value.reveal()).toBe(VALUE)
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({ comment: 'steward:etl', lifetime_seconds: 86_400 })
    expect(findSecrets(placesOf(issued), [VALUE])).toEqual([])
  })

  it('is made for some scopes only', async () => {
    service.on('POST', CREATE, { body: created })
    await principal.createToken({ ...wish, scopes: ['sql', 'jobs'] })
    expect(JSON.parse(service.requests[0]?.body ?? '')).toMatchObject({ scopes: ['sql', 'jobs'] })
  })

  it.each([-1, 0, null, undefined])('never expires when its expiry is %s', async (expiry_time) => {
    service.on('POST', CREATE, { body: { token_value: VALUE, token_info: { token_id: 'token-1', expiry_time } } })
    expect((await principal.createToken(wish)).expiresAt).toBeNull()
  })

  it.each<ScriptedAnswer>([{ isLost: true }, { status: 500 }, { status: 503 }])(
    'may or may not be there after %o, and is not asked for again',
    async (answer) => {
      service.on('POST', CREATE, answer, { body: created })
      await expect(principal.createToken(wish)).rejects.toMatchObject({ code: 'outcome-unknown' })
      expect(service.requests).toHaveLength(1)
    },
  )

  it.each([
    { token_value: VALUE },
    { token_value: VALUE, token_info: {} },
    { token_value: VALUE, token_info: { token_id: 'token-1', expiry_time: VALUE } },
    { token_value: [VALUE], token_info: { token_id: 'token-1' } },
    { token_value: 'x'.repeat(5000) + VALUE, token_info: { token_id: 'token-1' } },
    VALUE,
  ])('is there, though nobody can tell, after an answer in another form (%j)', async (body) => {
    service.on('POST', CREATE, { body })
    const error = await catchError(principal.createToken(wish))
    expect(error).toMatchObject({ code: 'outcome-unknown' })
    expect(findSecrets(placesOf(error), [VALUE])).toEqual([])
  })

  it('is asked for again when Databricks throttles', async () => {
    service.on('POST', CREATE, { status: 429, headers: { 'retry-after': '1' } }, { body: created })
    expect((await principal.createToken(wish)).tokenId).toBe('token-1')
  })

  it.each([
    [
      refusal(403, 'PERMISSION_DENIED', 'User does not have permission to use tokens.'),
      'upstream-denied',
      /client-1 .*CAN_USE.*step token-permission/s,
    ],
    [
      refusal(400, 'BAD_REQUEST', 'User does not have permission to use tokens.'),
      'upstream-denied',
      /client-1 .*CAN_USE.*step token-permission/s,
    ],
    [refusal(403, 'PERMISSION_DENIED', 'No.'), 'upstream-denied', /client-1 .*CAN_USE/s],
    [refusal(400, 'QUOTA_EXCEEDED', 'Too many.'), 'upstream-rejected', /client-1.*600 live tokens.*Delete/s],
    [
      refusal(400, 'INVALID_PARAMETER_VALUE', 'Token lifetime must not exceed 90 days.'),
      'upstream-rejected',
      /client-1.*86400 s.*maxTokenLifetimeDays/s,
    ],
    [
      refusal(400, 'BAD_REQUEST', 'requirement failed: Invalid timeout: 0'),
      'upstream-rejected',
      /maxTokenLifetimeDays/,
    ],
    [refusal(403, 'FEATURE_DISABLED', 'No.'), 'upstream-rejected', /client-1.*switched off.*enableTokensConfig/s],
    [
      refusal(403, 'PERMISSION_DENIED', 'Tokens are disabled for this workspace.'),
      'upstream-rejected',
      /switched off.*enableTokensConfig/s,
    ],
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'Unknown scope.'), 'upstream-rejected', /INVALID_PARAMETER_VALUE/],
  ] as const)('is refused with what to do: %o', async (answer, code, message) => {
    service.on('POST', CREATE, answer)
    await expect(principal.createToken(wish)).rejects.toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(message),
    })
  })

  it.each(DEAD)('is refused for the token that asks for it, not for a lack of rights: %o', async (answer) => {
    service.on('POST', CREATE, answer)
    const error = await catchError(principal.createToken(wish))
    expect(error).toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/does not accept the token/),
    })
    expect(String(error)).not.toContain('CAN_USE')
  })

  it.each([
    refusal(400, 'BAD_REQUEST', VALUE),
    refusal(400, 'QUOTA_EXCEEDED', VALUE),
    refusal(403, VALUE, `permission to use tokens ${VALUE}`),
    refusal(400, 'X', `lifetime ${VALUE}`),
    refusal(403, 'X', `Invalid access token. ${VALUE}`),
    { status: 418, body: VALUE },
  ])('is in no error, whatever is said (%o)', async (answer) => {
    service.on('POST', CREATE, answer)
    const error = await catchError(principal.createToken(wish))
    expect(error).toBeInstanceOf(Error)
    expect(findSecrets(placesOf(error), [VALUE])).toEqual([])
  })
})

describe('signing in with an OAuth secret', () => {
  const exchange = () =>
    exchangeOAuthSecret({ http, workspaceUrl: WORKSPACE, clientId: 'client-1', secret: new Secret('canary:+ é') })

  it('gives a token, again after a lost answer', async () => {
    const body = { access_token: VALUE, expires_in: 3600, token_type: 'Bearer', scope: 'all-apis' }
    service.on('POST', EXCHANGE, { isLost: true }, { body })
    const answer = await exchange()
    expect(answer).toEqual({ kind: 'token', token: expect.any(Secret), lifetimeSeconds: 3600 })
    expect(answer !== 'not-accepted-yet' && answer.token.reveal()).toBe(VALUE)
    const request = service.requests[1]
    const [scheme, credentials = ''] = request?.headers.authorization?.split(' ') ?? []
    expect(scheme).toBe('Basic')
    expect(Buffer.from(credentials, 'base64').toString('utf8')).toBe('client-1:canary%3A%2B%20%C3%A9')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'all-apis',
    })
    expect(findSecrets(placesOf(answer), [VALUE, 'canary', credentials])).toEqual([])
  })

  it('may not be accepted yet', async () => {
    service.on('POST', EXCHANGE, { status: 401, body: { error: 'invalid_client', error_description: 'canary' } })
    expect(await exchange()).toBe('not-accepted-yet')
  })

  it.each<[ScriptedAnswer, string, RegExp]>([
    [{ status: 403, body: { error: 'access_denied' } }, 'upstream-denied', /client-1 to sign in.*access_denied/s],
    [{ status: 401, body: '<html>canary' }, 'upstream-denied', /no reason given/],
    [{ status: 400, body: { error: 'invalid_scope' } }, 'upstream-rejected', /client-1.*invalid_scope.*OAuth secrets/s],
    [{ status: 400, body: { error: 'canary 4711' } }, 'upstream-rejected', /no reason given/],
    [
      {
        status: 400,
        body: { error: 'invalid_request', error_description: 'Temporarily throttled, too many requests' },
      },
      'upstream-throttled',
      /at the moment/,
    ],
    [{ status: 400, body: { error: 'temporarily_unavailable' } }, 'upstream-throttled', /at the moment/],
    [{ body: { token: 'canary' } }, 'upstream-rejected', /access_token/],
    [{ body: { access_token: 'canary', expires_in: 'canary' } }, 'upstream-rejected', /expires_in/],
  ])('that ends in %o throws %s', async (answer, code, message) => {
    service.on('POST', EXCHANGE, answer)
    const error = await catchError(exchange())
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(findSecrets(placesOf(error), ['canary'])).toEqual([])
  })
})
