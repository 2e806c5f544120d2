import { describe, expect, test } from 'vitest'
import type { FederatedIdentityCredential } from '../../../../local/cloud/entra/directory.ts'
import type { SigningWorld } from '../../../../local/cloud/world.ts'
import { TENANT_ID } from '../pretend-world.ts'
import { type Answer, createSignInClient, DATABRICKS, readClaims, register } from './sign-in-client.ts'

const EXCHANGE = 'api://AzureADTokenExchange'

function issueAssertion({ tokens, settings }: SigningWorld, audience = EXCHANGE, lifetimeSeconds = 3600): string {
  const { clientId, objectId } = settings.identity
  return tokens.issue({ appId: clientId, oid: objectId, audience, lifetimeSeconds }).token
}

interface Attempt {
  readonly federated?: Partial<FederatedIdentityCredential>
  readonly assert?: (world: SigningWorld) => string
}

async function signIn({ federated, assert = issueAssertion }: Attempt): Promise<Answer & { objectId: string }> {
  const { world, requestToken } = createSignInClient()
  const subject = world.settings.identity.objectId
  const { application, servicePrincipalId } = register(world, { federated: { subject, ...federated } })
  const answer = await requestToken({
    grant_type: 'client_credentials',
    client_id: application.appId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assert(world),
    scope: `${DATABRICKS}/.default`,
  })
  return { ...answer, objectId: servicePrincipalId }
}

describe("signing in with the managed identity's token", () => {
  test('gives a token of the application, not of the identity', async () => {
    const { status, body, objectId } = await signIn({})
    expect(status).toBe(200)
    expect(readClaims(body.access_token)).toMatchObject({ oid: objectId, aud: DATABRICKS })
  })

  test.each([
    ['another issuer', { federated: { issuer: `https://sts.windows.net/${TENANT_ID}/` } }, 400, 70021],
    [
      'an issuer in another case',
      { federated: { issuer: `HTTPS://login.microsoftonline.com/${TENANT_ID}/v2.0` } },
      400,
      70021,
    ],
    ['another audience', { federated: { audiences: ['api://other'] } }, 400, 70021],
    ['another subject', { federated: { subject: 'somebody' } }, 401, 700213],
    ['a credential that has not replicated', { federated: { usableAt: Number.MAX_SAFE_INTEGER } }, 400, 70021],
    [
      'a token for another audience',
      { assert: (world: SigningWorld) => issueAssertion(world, 'https://vault.azure.net') },
      401,
      700212,
    ],
    ['an old token', { assert: (world: SigningWorld) => issueAssertion(world, EXCHANGE, -1) }, 401, 700024],
    ['a token of another tenant', { assert: () => issueAssertion(createSignInClient().world) }, 401, 700027],
    ['what is no token', { assert: () => 'abc' }, 400, 50027],
  ])('refuses %s', async (_, attempt, status, code) => {
    const answer = await signIn(attempt)
    expect({ status: answer.status, codes: answer.body.error_codes }).toEqual({ status, codes: [code] })
  })

  test('a subject that differs only in case is refused and named as such', async () => {
    const { world, requestToken } = createSignInClient()
    const { clientId } = world.settings.identity
    const { application } = register(world, { federated: { subject: 'ABCD' } })
    const { token } = world.tokens.issue({ appId: clientId, oid: 'abcd', audience: EXCHANGE, lifetimeSeconds: 60 })
    const { body } = await requestToken({
      grant_type: 'client_credentials',
      client_id: application.appId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: token,
      scope: `${DATABRICKS}/.default`,
    })
    expect(body.error_codes).toEqual([7002138])
  })
})
