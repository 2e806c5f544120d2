import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { TENANT_ID } from '../pretend-world.ts'
import { createSignInClient } from './sign-in-client.ts'

const LOGIN = 'https://login.microsoftonline.com'

describe('discovery', () => {
  test('names the hosts of a cloud as aliases of each other', async () => {
    const endpoint = encodeURIComponent(`${LOGIN}/${TENANT_ID}/oauth2/v2.0/authorize`)
    const url = `${LOGIN}/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`
    const { status, body } = await createSignInClient().get(url)
    expect(status).toBe(200)
    expect(body.tenant_discovery_endpoint).toBe(`${LOGIN}/${TENANT_ID}/v2.0/.well-known/openid-configuration`)
    expect(body.metadata[0].aliases).toEqual(expect.arrayContaining(['login.microsoftonline.com', 'login.windows.net']))
  })

  test('does not vouch for a host that is no authority', async () => {
    const endpoint = encodeURIComponent('https://login.example.com/tenant/oauth2/v2.0/authorize')
    const url = `${LOGIN}/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`
    expect(await createSignInClient().get(url)).toMatchObject({ status: 400, body: { error: 'invalid_instance' } })
  })

  test.each([
    [`${LOGIN}/${TENANT_ID}/v2.0`, `${LOGIN}/${TENANT_ID}/v2.0`, `${LOGIN}/${TENANT_ID}/oauth2/v2.0/token`],
    [`${LOGIN}/${TENANT_ID}`, `https://sts.windows.net/${TENANT_ID}/`, `${LOGIN}/${TENANT_ID}/oauth2/token`],
  ])('%s has a configuration', async (base, issuer, tokenEndpoint) => {
    const { status, body } = await createSignInClient().get(`${base}/.well-known/openid-configuration`)
    expect({ status, ...body }).toMatchObject({ status: 200, issuer, token_endpoint: tokenEndpoint })
  })

  test('another tenant has none', async () => {
    const other = '99999999-9999-9999-9999-999999999999'
    const { status, body } = await createSignInClient().get(`${LOGIN}/${other}/v2.0/.well-known/openid-configuration`)
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({
      status: 400,
      error: 'invalid_tenant',
      codes: [90002],
    })
  })

  test('the published keys verify the tokens that are issued', async () => {
    const { world, get } = createSignInClient()
    const { body: configuration } = await get(`${LOGIN}/${TENANT_ID}/v2.0/.well-known/openid-configuration`)
    const { body: keys } = await get(configuration.jwks_uri)
    const order = { appId: 'app', oid: 'object', audience: 'https://vault.azure.net', lifetimeSeconds: 60 }
    const [header, payload, signature] = world.tokens.issue(order).token.split('.')
    const key = createPublicKey({ key: keys.keys[0], format: 'jwk' })
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature ?? '', 'base64url'))).toBe(
      true,
    )
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString()).kid).toBe(keys.keys[0].kid)
  })

  test('an unknown call is loud', async () => {
    expect((await createSignInClient().get(`${LOGIN}/${TENANT_ID}/oauth2/v2.0/devicecode`)).status).toBe(501)
  })
})
