import { beforeEach, describe, expect, it } from 'vitest'
import { command, dispatch, OTHER_WORKSPACE, STEWARD, STRANGER, WORKSPACE } from '../../pretend-world.ts'
import { refusal } from '../secrets/secret-client.ts'
import { asStranger, bearer, createTokenClient, type TokenClient } from '../tokens/token-client.ts'
import { type Answer, patchOp, SCIM } from '../workspace-client.ts'

let client: TokenClient
let principalId: string
let path: string

beforeEach(async () => {
  client = createTokenClient()
  const { body } = await client.send('GET', `${SCIM}/ServicePrincipals?filter=displayName%20eq%20%22etl%22`)
  principalId = body.Resources[0].id
  path = `/api/2.0/accounts/servicePrincipals/${principalId}/credentials/secrets`
})

const create = (body: object = {}): Promise<Answer> => client.send('POST', path, { body })

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

async function requestToken(
  secret: string,
  { form = {}, id = STRANGER.clientId, host = WORKSPACE }: { form?: object; id?: string; host?: string } = {},
): Promise<Answer> {
  const answer = await dispatch(client.service, {
    method: 'POST',
    url: `https://${host}/oidc/v1/token`,
    headers: { authorization: basic(id, secret) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis', ...form }).toString(),
  })
  return { ...answer, body: answer.body }
}

describe("a principal's OAuth secrets", () => {
  it('show their value once', async () => {
    const { status, body } = await create({ lifetime: '900s' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ secret: expect.stringMatching(/^dose[0-9a-f]{32}$/), status: 'ACTIVE' })
    expect(Date.parse(body.expire_time) - Date.parse(body.create_time)).toBe(900_000)
    const { secret, ...shown } = body
    expect((await client.send('GET', path)).body).toEqual({ secrets: [shown] })
    expect(command(client.service, 'credentialValues')).toEqual({ values: [secret] })
  })

  it('last 730 days at most, and unless told otherwise', async () => {
    const { body } = await create()
    expect(Date.parse(body.expire_time) - Date.parse(body.create_time)).toBe(730 * 86_400_000)
    for (const lifetime of ['63072001s', '0s', '-1s', '900']) {
      expect(await create({ lifetime })).toMatchObject({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE' },
      })
    }
  })

  it('are five at most, of which the expired are gone', async () => {
    await create({ lifetime: '60s' })
    for (let index = 0; index < 4; index += 1) await create()
    expect(await create()).toMatchObject({ status: 400, body: { error_code: 'RESOURCE_LIMIT_EXCEEDED' } })
    client.world.clock.advance(60_000)
    expect((await client.send('GET', path)).body.secrets).toHaveLength(4)
    expect((await create()).status).toBe(200)
  })

  it('are deleted once', async () => {
    const { id, secret } = (await create()).body
    expect((await client.send('DELETE', `${path}/${id}`)).status).toBe(200)
    expect(await client.send('DELETE', `${path}/${id}`)).toMatchObject(
      refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Secret ${id} does not exist.`),
    )
    expect((await client.send('GET', path)).body).toEqual({})
    expect((await requestToken(secret)).status).toBe(401)
  })

  it('are for admins, and of principals in the workspace', async () => {
    expect((await client.send('GET', path, asStranger)).status).toBe(403)
    expect((await client.send('POST', path, { ...asStranger, body: {} })).status).toBe(403)
    expect((await client.send('GET', path.replace(principalId, '42'))).status).toBe(404)
    expect((await client.send('GET', path.replace(principalId, STRANGER.clientId))).status).toBe(400)
  })
})

describe('signing in with an OAuth secret', () => {
  it('gives a token that stands for the principal, in this workspace', async () => {
    const { status, body } = await requestToken((await create()).body.secret)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'all-apis' })
    const me = (host: string) => client.send('GET', `${SCIM}/Me`, { ...bearer(body.access_token), host })
    expect(await me(WORKSPACE)).toMatchObject({ status: 200, body: { userName: STRANGER.clientId } })
    expect((await me(OTHER_WORKSPACE)).status).toBe(403)
    client.world.clock.advance(3_600_000)
    expect((await me(WORKSPACE)).status).toBe(401)
  })

  it('works for a principal that Databricks manages', async () => {
    const { body: made } = await client.send('POST', `${SCIM}/ServicePrincipals`, {
      body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'], displayName: 'managed' },
    })
    path = path.replace(principalId, made.id)
    const { body } = await requestToken((await create()).body.secret, { id: made.applicationId })
    expect((await client.send('GET', `${SCIM}/Me`, bearer(body.access_token))).body.userName).toBe(made.applicationId)
  })

  it.each([
    ['a wrong secret', {}, 401, 'invalid_client'],
    ['a client that is not in the workspace', { id: '99999999-9999-9999-9999-999999999999' }, 401, 'invalid_client'],
    ["another client's secret", { id: STEWARD.clientId }, 401, 'invalid_client'],
    ['another workspace', { host: OTHER_WORKSPACE }, 401, 'invalid_client'],
    ['another grant', { form: { grant_type: 'password' } }, 400, 'unsupported_grant_type'],
    ['another scope', { form: { scope: 'sql' } }, 400, 'invalid_scope'],
  ])('refuses %s', async (what, options, status, error) => {
    const { secret } = (await create()).body
    expect(await requestToken(what === 'a wrong secret' ? `${secret}x` : secret, options)).toMatchObject({
      status,
      body: { error },
    })
  })

  it('ends when the secret expires, and while the principal is not active', async () => {
    const { secret } = (await create({ lifetime: '900s' })).body
    const { access_token: token } = (await requestToken(secret)).body
    const setActive = (value: boolean) =>
      client.send('PATCH', `${SCIM}/ServicePrincipals/${principalId}`, {
        body: patchOp({ op: 'replace', path: 'active', value }),
      })
    await setActive(false)
    expect((await requestToken(secret)).status).toBe(401)
    expect((await client.send('GET', `${SCIM}/Me`, bearer(token))).status).toBe(403)
    await setActive(true)
    expect((await requestToken(secret)).status).toBe(200)
    client.world.clock.advance(900_000)
    expect((await requestToken(secret)).status).toBe(401)
  })

  it('is refused a token that somebody changed', async () => {
    const { access_token: token } = (await requestToken((await create()).body.secret)).body
    const [header, payload, signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const changed = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url')
    const answer = await client.send('GET', `${SCIM}/Me`, bearer(`${header}.${changed}.${signature}`))
    expect(answer).toMatchObject({ status: 403, body: { message: 'Invalid access token.' } })
  })

  it('is found by discovery, without a token', async () => {
    const url = `https://${WORKSPACE}/oidc/.well-known/oauth-authorization-server`
    expect(await dispatch(client.service, { method: 'GET', url })).toMatchObject({
      status: 200,
      body: { token_endpoint: `https://${WORKSPACE}/oidc/v1/token`, issuer: `https://${WORKSPACE}/oidc` },
    })
  })
})
