import { describe, expect, test } from 'vitest'
import { createGraphService } from '../../../../local/cloud/graph/service.ts'
import { dispatch } from '../pretend-world.ts'
import { createApplication, createGraphClient, GRAPH, type GraphClient } from './graph-client.ts'

interface Foreign {
  readonly objectId: string
  readonly appId: string
  readonly servicePrincipalId: string
}

function createForeign(client: GraphClient): Foreign {
  return client.arrange('createApplication', { displayName: 'theirs', passwords: ['old'] })
}

describe('tokens', () => {
  function sendWith(client: GraphClient, authorization: string | undefined): ReturnType<typeof dispatch> {
    return dispatch(createGraphService(client.world), {
      method: 'GET',
      url: `${GRAPH}/v1.0/applications`,
      headers: { 'client-request-id': 'mine', ...(authorization !== undefined && { authorization }) },
    })
  }

  function issue({ world }: GraphClient, audience: string, lifetimeSeconds = 3600): string {
    const { objectId, clientId } = world.settings.identity
    const roles = ['Application.Read.All']
    return `Bearer ${world.tokens.issue({ audience, appId: clientId, oid: objectId, roles, lifetimeSeconds }).token}`
  }

  test.each([GRAPH, `${GRAPH}/`, '00000003-0000-0000-c000-000000000000'])('takes audience %s', async (audience) => {
    const client = createGraphClient()
    expect((await sendWith(client, issue(client, audience))).status).toBe(200)
  })

  test.each([
    ['none', () => undefined, 'Access token is empty.'],
    ['one that is no JWT', () => 'Bearer abc', 'IDX14100: JWT is not well formed, there are no dots (.).'],
    [
      'one for another service',
      (client: GraphClient) => issue(client, 'https://vault.azure.net'),
      'Access token validation failure. Invalid audience.',
    ],
    [
      'one for the Graph of another cloud',
      (client: GraphClient) => issue(client, 'https://graph.microsoft.us'),
      'Access token validation failure. Invalid audience.',
    ],
    [
      'an old one',
      (client: GraphClient) => issue(client, GRAPH, -1),
      'Lifetime validation failed, the token is expired.',
    ],
    [
      'one of another tenant',
      () => issue(createGraphClient(), GRAPH),
      'Access token validation failure. Invalid signature.',
    ],
  ])('refuses %s', async (_, authorize, message) => {
    const client = createGraphClient()
    const { status, headers, body } = await sendWith(client, authorize(client))
    expect(status).toBe(401)
    expect(headers).toMatchObject({ 'client-request-id': 'mine', 'WWW-Authenticate': expect.stringMatching(/^Bearer/) })
    expect(body).toEqual({
      error: {
        code: 'InvalidAuthenticationToken',
        message,
        innerError: {
          date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          'request-id': expect.any(String),
          'client-request-id': 'mine',
        },
      },
    })
  })
})

describe('roles', () => {
  const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }

  test('without any role everything is refused', async () => {
    const client = createGraphClient()
    const powerless = client.signInAs(client.world.settings.identity.objectId, [])
    expect(await powerless.send('GET', '/applications')).toMatchObject(denied)
    expect(await powerless.send('POST', '/applications', { displayName: 'etl' })).toMatchObject(denied)
    expect(client.world.directory.applications.size).toBe(0)
  })

  test('OwnedBy reads everything and changes only what it owns', async () => {
    const client = createGraphClient()
    const { objectId, appId, servicePrincipalId } = createForeign(client)
    const before = client.arrange('inspect')
    expect((await client.send('GET', `/applications/${objectId}`)).status).toBe(200)
    const changes = [
      ['PATCH', `/applications/${objectId}`, { displayName: 'mine' }],
      ['DELETE', `/applications/${objectId}`],
      ['POST', `/applications/${objectId}/addPassword`, {}],
      ['POST', `/applications/${objectId}/federatedIdentityCredentials`, {}],
      ['PATCH', `/servicePrincipals(appId='${appId}')`, { displayName: 'mine' }],
      ['DELETE', `/servicePrincipals/${servicePrincipalId}`],
    ] as const
    for (const [method, path, body] of changes) expect(await client.send(method, path, body)).toMatchObject(denied)
    expect(client.arrange('inspect')).toEqual(before)
  })

  test('an owner may change, and adding owners needs more than OwnedBy', async () => {
    const client = createGraphClient()
    const { objectId, servicePrincipalId } = createForeign(client)
    const { identity } = client.world.settings
    client.arrange('setOwners', { objectId, owners: [identity.objectId] })
    expect((await client.send('PATCH', `/applications/${objectId}`, { notes: 'ours now' })).status).toBe(204)
    const reference = { '@odata.id': `${GRAPH}/v1.0/directoryObjects/${servicePrincipalId}` }
    const path = `/applications/${objectId}/owners/$ref`
    expect(await client.send('POST', path, reference)).toMatchObject(denied)
    const powerful = client.signInAs(identity.objectId, ['Application.ReadWrite.All'])
    expect((await powerful.send('POST', path, reference)).status).toBe(204)
    expect((await powerful.send('POST', path, reference)).status).toBe(400)
    const { body } = await client.send('GET', `/applications/${objectId}/owners`)
    expect(body.value.map(({ id }: { id: string }) => id)).toEqual([identity.objectId, servicePrincipalId])
  })

  test('owners bound on creation are the only ones where creating makes no owner', async () => {
    const client = createGraphClient()
    const { objectId } = client.world.settings.identity
    client.arrange('ownership', { onCreate: false })
    const unowned = await createApplication(client)
    expect((await client.send('DELETE', `/applications/${unowned.id}`)).status).toBe(403)
    const owned = await createApplication(client, {
      'owners@odata.bind': [`${GRAPH}/v1.0/directoryObjects/${objectId}`],
    })
    expect((await client.send('DELETE', `/applications/${owned.id}`)).status).toBe(204)
  })

  test('a granted role arrives with the next token, or at once where the test wants it', async () => {
    const client = createGraphClient()
    const { objectId } = client.world.settings.identity
    const holder = client.signInAs(objectId, ['Application.ReadWrite.OwnedBy'])
    client.arrange('setGraphRoles', { oid: objectId, roles: [] })
    expect((await holder.send('GET', '/applications')).status).toBe(200)
    expect(await client.send('GET', '/applications')).toMatchObject(denied)
    client.arrange('setGraphRoles', { oid: objectId, roles: [], atOnce: true })
    expect(await holder.send('GET', '/applications')).toMatchObject(denied)
  })

  test('assigning a Graph role needs the right to assign, and shows in the list', async () => {
    const client = createGraphClient()
    const { objectId } = client.world.settings.identity
    const { servicePrincipalId } = createForeign(client)
    const graph = await client.send('GET', "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
    const role = graph.body.appRoles.find(({ value }: { value: string }) => value === 'Application.Read.All')
    const path = `/servicePrincipals/${servicePrincipalId}/appRoleAssignments`
    const assignment = { principalId: servicePrincipalId, resourceId: graph.body.id, appRoleId: role.id }
    expect(await client.send('POST', path, assignment)).toMatchObject(denied)
    const admin = client.signInAs(objectId, ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'])
    expect((await admin.send('POST', path, assignment)).status).toBe(201)
    expect((await admin.send('POST', path, assignment)).status).toBe(400)
    expect((await admin.send('GET', path)).body.value).toMatchObject([assignment])
    expect(client.world.directory.servicePrincipals.get(servicePrincipalId)?.graphRoles).toContain(
      'Application.Read.All',
    )
  })
})
