import { describe, expect, test } from 'vitest'
import { createIdentityEndpoint } from '../../../../local/cloud/entra/identity-endpoint.ts'
import { command, dispatch, STEWARD, TENANT_ID } from '../pretend-world.ts'
import { createSignInClient, DATABRICKS, register, type SignInClient } from './sign-in-client.ts'

const MINUTE_MS = 60_000

async function askWithBasic({ service }: SignInClient, credentials: string): Promise<number> {
  const { status } = await dispatch(service, {
    method: 'POST',
    url: `https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`,
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: `grant_type=client_credentials&scope=${DATABRICKS}/.default`,
  })
  return status
}

describe('who signs in', () => {
  test('the client may present its secret as HTTP Basic', async () => {
    const client = createSignInClient()
    const { application } = register(client.world, { secret: { secretText: 'a:b~c' } })
    expect(await askWithBasic(client, `${application.appId}:a%3Ab~c`)).toBe(200)
    expect(await askWithBasic(client, `${application.appId}:a:b~c`)).toBe(200)
    expect(await askWithBasic(client, `${application.appId}:wrong`)).toBe(401)
  })

  test.each(['applications', 'servicePrincipals'] as const)(
    'one of whose %s a replica does not know yet is not found',
    async (kind) => {
      const { world, requestToken } = createSignInClient()
      const { application } = register(world)
      const form = {
        grant_type: 'client_credentials',
        client_id: application.appId,
        client_secret: 'right',
        scope: `${DATABRICKS}/.default`,
      }
      const visibleAt = world.clock.now() + MINUTE_MS
      const late = [...world.directory[kind]].filter(([, { appId }]) => appId === application.appId)
      for (const [objectId, object] of late)
        Object.assign(world.directory[kind].get(objectId) ?? {}, { ...object, visibleAt })
      expect(await requestToken(form)).toMatchObject({
        status: 400,
        body: { error: 'unauthorized_client', error_codes: [700016] },
      })
      world.clock.advance(MINUTE_MS)
      expect((await requestToken(form)).status).toBe(200)
    },
  )

  test.each(['/.default', `${DATABRICKS}/.default https://graph.microsoft.com/.default`])(
    'the scope "%s" is refused as such',
    async (scope) => {
      const { world, requestToken } = createSignInClient()
      const { application } = register(world)
      const form = { grant_type: 'client_credentials', client_id: application.appId, client_secret: 'right', scope }
      expect(await requestToken(form)).toMatchObject({ status: 400, body: { error_codes: [70011] } })
    },
  )

  test('a managed identity whose service principal is deleted gets no token', async () => {
    const { world } = createSignInClient()
    const endpoint = createIdentityEndpoint(world, world.tokens, 'secret header')
    const call = {
      method: 'GET',
      url: `http://127.0.0.1/msi/token?api-version=2019-08-01&resource=${DATABRICKS}&client_id=${STEWARD.clientId}`,
      headers: { 'x-identity-header': 'secret header' },
    }
    expect((await dispatch(endpoint, call)).status).toBe(200)
    Object.assign(world.directory.servicePrincipals.get(STEWARD.objectId) ?? {}, { deletedAt: world.clock.now() })
    expect((await dispatch(endpoint, call)).status).toBe(400)
  })

  test('the directory can be inspected as JSON', () => {
    const { world, service } = createSignInClient()
    const { application } = register(world)
    const seen = JSON.parse(JSON.stringify(command(service, 'inspect')))
    expect(seen.applications).toMatchObject([{ appId: application.appId, ownerIds: [] }])
    expect(seen.servicePrincipals[0]).toMatchObject({
      objectId: STEWARD.objectId,
      graphRoles: ['Application.ReadWrite.OwnedBy', 'Application.Read.All'],
    })
  })
})
