import { describe, expect, test } from 'vitest'
import { createIdentityEndpoint } from '../../../../local/cloud/entra/identity-endpoint.ts'
import { command, dispatch, STEWARD, TENANT_ID } from '../pretend-world.ts'
import { type Answer, createSignInClient, readClaims, type SignInClient } from './sign-in-client.ts'

interface Ask {
  readonly query?: Readonly<Record<string, string>>
  readonly header?: string
  readonly arrange?: (endpoint: ReturnType<typeof createIdentityEndpoint>) => void
}

async function ask(client: SignInClient, { query = {}, header = 'secret header', arrange }: Ask = {}): Promise<Answer> {
  const endpoint = createIdentityEndpoint(client.world, client.world.tokens, 'secret header')
  arrange?.(endpoint)
  const parameters = new URLSearchParams({
    'api-version': '2019-08-01',
    resource: 'https://graph.microsoft.com',
    client_id: STEWARD.clientId,
    ...query,
  })
  for (const [name, value] of Object.entries(query)) if (value === '') parameters.delete(name)
  const headers = header === '' ? {} : { 'x-identity-header': header }
  const url = `http://127.0.0.1:41234/msi/token?${parameters}`
  return { body: undefined, ...(await dispatch(endpoint, { method: 'GET', url, headers })) }
}

describe('managed identity endpoint', () => {
  test('gives a token for a day, with the Graph roles of the identity', async () => {
    const client = createSignInClient()
    const { status, body } = await ask(client)
    expect({ status, ...body }).toMatchObject({
      status: 200,
      resource: 'https://graph.microsoft.com',
      token_type: 'Bearer',
      client_id: STEWARD.clientId,
      expires_on: expect.stringMatching(/^\d+$/),
    })
    expect(Number(body.expires_on) - client.world.clock.now() / 1000).toBeGreaterThan(24 * 3600 - 10)
    expect(readClaims(body.access_token)).toMatchObject({
      appid: STEWARD.clientId,
      oid: STEWARD.objectId,
      roles: ['Application.ReadWrite.OwnedBy', 'Application.Read.All'],
    })
    expect(client.world.tokens.issued).toEqual([body.access_token])
  })

  test.each([
    ['api://AzureADTokenExchange', `https://login.microsoftonline.com/${TENANT_ID}/v2.0`],
    ['api://AzureADTokenExchangeUSGov', `https://login.microsoftonline.us/${TENANT_ID}/v2.0`],
    ['https://vault.azure.net', `https://sts.windows.net/${TENANT_ID}/`],
  ])('a token for %s is of the issuer that its readers expect', async (resource, issuer) => {
    const { body } = await ask(createSignInClient(), { query: { resource } })
    expect(readClaims(body.access_token)).toMatchObject({ aud: resource, iss: issuer })
  })

  test.each([{ object_id: STEWARD.objectId }, { principal_id: STEWARD.objectId }])(
    'the identity may be named by %j',
    async (query) => {
      expect((await ask(createSignInClient(), { query: { client_id: '', ...query } })).status).toBe(200)
    },
  )

  test.each([
    ['without the header', { header: '' }, 401],
    ['with a wrong header', { header: 'guess' }, 401],
    ['for another client id', { query: { client_id: STEWARD.objectId } }, 400],
    ['for the system-assigned identity', { query: { client_id: '' } }, 400],
    ['for an unknown resource', { query: { resource: 'https://nowhere.example' } }, 400],
    ['for no resource', { query: { resource: '' } }, 400],
    ['of an older version', { query: { 'api-version': '2017-09-01' } }, 400],
    [
      'once the identity is off the app',
      {
        arrange: (endpoint: Parameters<NonNullable<Ask['arrange']>>[0]) =>
          void command(endpoint, 'attach', { attached: false }),
      },
      400,
    ],
  ])('refuses requests %s', async (_, attempt: Ask, status) => {
    const client = createSignInClient()
    const answer = await ask(client, attempt)
    expect(answer).toMatchObject({ status, body: { statusCode: status, message: expect.any(String) } })
    expect(client.world.tokens.issued).toEqual([])
  })
})
