import { describe, expect, test } from 'vitest'
import { createApplication, createGraphClient, DAY_MS, MINUTE_MS } from './graph-client.ts'

describe('creating', () => {
  test('a new application is found by each of its keys and in the list', async () => {
    const client = createGraphClient()
    const created = await createApplication(client, { uniqueName: 'steward-prod-etl' })
    expect(created).toMatchObject({
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#applications/$entity',
      displayName: 'etl',
      uniqueName: 'steward-prod-etl',
      signInAudience: 'AzureADMyOrg',
      passwordCredentials: [],
    })
    for (const key of [`/${created.id}`, `(appId='${created.appId}')`, "(uniqueName='steward-prod-etl')"]) {
      expect(await client.send('GET', `/applications${key}`)).toMatchObject({ status: 200, body: { id: created.id } })
    }
    for (const filter of [`appId eq '${created.appId}'`, "displayName eq 'ETL'", "startswith(displayName,'et')"]) {
      const { body } = await client.send('GET', `/applications?$filter=${encodeURIComponent(filter)}&$select=id,appId`)
      expect(body.value).toEqual([{ id: created.id, appId: created.appId }])
    }
  })

  test('accounts of all kinds may sign in unless the audience is given', async () => {
    const client = createGraphClient()
    const { body } = await client.send('POST', '/applications', { displayName: 'etl' })
    expect(body.signInAudience).toBe('AzureADandPersonalMicrosoftAccount')
  })

  test.each([
    [{ signInAudience: 'AzureADMyOrg' }, "A value is required for property 'displayName' of resource 'Application'."],
    [{ displayName: 'etl', color: 'red' }, "Invalid property 'color'."],
    [{ displayName: 'etl', appId: 'x' }, "Property 'appId' is read-only and cannot be set."],
    [
      { displayName: 'etl', signInAudience: 'Everybody' },
      "Invalid value specified for property 'signInAudience' of resource 'Application'.",
    ],
  ])('refuses %j', async (json, message) => {
    const client = createGraphClient()
    const { status, body } = await client.send('POST', '/applications', json)
    expect({ status, code: body.error.code, message: body.error.message }).toEqual({
      status: 400,
      code: 'Request_BadRequest',
      message,
    })
    expect(client.world.directory.applications.size).toBe(0)
  })

  test.each([
    ['not JSON', '{', { 'content-type': 'application/json' }],
    ['nothing', '', { 'content-type': 'application/json' }],
    ['a form', 'displayName=etl', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('refuses a body that is %s', async (_, body, headers) => {
    const answer = await createGraphClient().send('POST', '/applications', body, headers)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } })
  })

  test('a unique name is taken once, also by applications that were deleted or have not replicated', async () => {
    const client = createGraphClient()
    client.arrange('lag', { objectMs: MINUTE_MS })
    const { id } = await createApplication(client, { uniqueName: 'one' })
    const again = { displayName: 'other', uniqueName: 'one' }
    const conflict = { status: 409, body: { error: { code: 'Request_MultipleObjectsWithSameKeyValue' } } }
    expect(await client.send('POST', '/applications', again)).toMatchObject(conflict)
    client.clock.advance(MINUTE_MS)
    await client.send('DELETE', `/applications/${id}`)
    expect(await client.send('POST', '/applications', again)).toMatchObject(conflict)
    client.clock.advance(30 * DAY_MS)
    expect(await client.send('POST', '/applications', again)).toMatchObject({ status: 201 })
  })
})

describe('upsert by unique name', () => {
  const path = "/applications(uniqueName='o''brien')"
  const upsert = { prefer: 'create-if-missing' }

  test('creates, then changes without a body', async () => {
    const client = createGraphClient().signInAs('22222222-2222-2222-2222-222222222222', ['Application.ReadWrite.All'])
    const created = await client.send('PATCH', path, { displayName: 'first' }, upsert)
    expect(created).toMatchObject({ status: 201, body: { uniqueName: "o'brien", displayName: 'first' } })
    const changed = await client.send('PATCH', path, { displayName: 'second' }, upsert)
    expect(changed.status).toBe(204)
    expect(changed.body).toBeUndefined()
    const { body } = await client.send('GET', path)
    expect(body).toMatchObject({ id: created.body.id, displayName: 'second' })
  })

  test('without the preference nothing is created', async () => {
    const client = createGraphClient()
    expect(await client.send('PATCH', path, { displayName: 'first' })).toMatchObject({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound' } },
    })
    expect(client.world.directory.applications.size).toBe(0)
  })

  test('does not make the caller an owner unless switched on, so its next change is refused', async () => {
    const client = createGraphClient()
    await client.send('PATCH', path, { displayName: 'first' }, upsert)
    expect(await client.send('PATCH', path, { displayName: 'second' }, upsert)).toMatchObject({ status: 403 })
    client.arrange('reset')
    client.arrange('ownership', { onUpsert: true })
    await client.send('PATCH', path, { displayName: 'first' }, upsert)
    expect(await client.send('PATCH', path, { displayName: 'second' }, upsert)).toMatchObject({ status: 204 })
  })
})

describe('changing', () => {
  test('changes what is sent and nothing else', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client, { tags: ['a'], notes: 'kept' })
    expect((await client.send('PATCH', `/applications/${id}`, { tags: ['b'] })).status).toBe(204)
    const { body } = await client.send('GET', `/applications/${id}`)
    expect(body).toMatchObject({ displayName: 'etl', tags: ['b'], notes: 'kept' })
  })

  test.each([[{ uniqueName: 'two' }], [{ passwordCredentials: [] }], [{ id: 'x' }]])('refuses %j', async (change) => {
    const client = createGraphClient()
    const { id } = await createApplication(client, { uniqueName: 'one' })
    expect(await client.send('PATCH', `/applications/${id}`, change)).toMatchObject({ status: 400 })
  })
})

describe('replication', () => {
  test('a new object is invisible to every call until the lag is over', async () => {
    const client = createGraphClient()
    client.arrange('lag', { objectMs: MINUTE_MS })
    const { id, appId } = await createApplication(client, { uniqueName: 'one' })
    const calls = [
      ['GET', `/applications/${id}`],
      ['GET', `/applications(appId='${appId}')`],
      ['GET', "/applications(uniqueName='one')"],
      ['POST', `/applications/${id}/addPassword`, { passwordCredential: {} }],
      ['GET', `/applications/${id}/owners`],
    ] as const
    for (const [method, path, body] of calls) {
      expect(await client.send(method, path, body)).toMatchObject({
        status: 404,
        body: { error: { code: 'Request_ResourceNotFound' } },
      })
    }
    expect((await client.send('GET', '/applications')).body.value).toEqual([])
    client.clock.advance(MINUTE_MS)
    for (const [method, path, body] of calls) {
      expect(await client.send(method, path, body)).toMatchObject({ status: 200 })
    }
  })
})

describe('deleting', () => {
  test('takes the service principal along, and restoring may bring both back', async () => {
    const client = createGraphClient()
    client.arrange('restoring', { servicePrincipal: 'comes-back' })
    const { id, appId } = await createApplication(client)
    await client.send('POST', '/servicePrincipals', { appId })
    const principal = `/servicePrincipals(appId='${appId}')`
    expect((await client.send('DELETE', `/applications/${id}`)).status).toBe(204)
    expect((await client.send('GET', `/applications/${id}`)).status).toBe(404)
    expect((await client.send('GET', principal)).status).toBe(404)
    const { body } = await client.send('GET', '/directory/deletedItems/microsoft.graph.application')
    expect(body.value).toMatchObject([{ id, deletedDateTime: expect.stringMatching(/Z$/) }])
    expect((await client.send('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(200)
    expect((await client.send('GET', principal)).status).toBe(200)
    expect((await client.send('GET', `/directory/deletedItems/${id}`)).status).toBe(404)
  })

  test('hides what was deleted from whoever only owns what it made', async () => {
    const client = createGraphClient()
    const owner = client.signInAs(client.world.settings.identity.objectId, ['Application.ReadWrite.OwnedBy'])
    const { id } = await createApplication(owner)
    await owner.send('DELETE', `/applications/${id}`)
    expect((await owner.send('GET', '/directory/deletedItems/microsoft.graph.application')).status).toBe(403)
    expect((await owner.send('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(200)
  })

  test('leaves the service principal among the deleted items, to be restored by itself and after the application', async () => {
    const client = createGraphClient()
    const { id, appId } = await createApplication(client)
    const created = await client.send('POST', '/servicePrincipals', { appId })
    const restore = (objectId: string) => client.send('POST', `/directory/deletedItems/${objectId}/restore`)
    const list = () =>
      client.send('GET', `/directory/deletedItems/microsoft.graph.servicePrincipal?$filter=appId eq '${appId}'`)
    expect((await restore(created.body.id)).status).toBe(404)
    await client.send('DELETE', `/applications/${id}`)
    expect((await restore(created.body.id)).status).toBe(400)
    expect((await restore(id)).status).toBe(200)
    expect((await client.send('GET', `/servicePrincipals(appId='${appId}')`)).status).toBe(404)
    expect((await list()).body.value).toMatchObject([{ id: created.body.id, appId }])
    expect((await restore(created.body.id)).body).toMatchObject({
      '@odata.type': '#microsoft.graph.servicePrincipal',
      id: created.body.id,
      deletedDateTime: null,
    })
    expect((await list()).body.value).toEqual([])
    expect((await client.send('GET', `/servicePrincipals(appId='${appId}')`)).body.id).toBe(created.body.id)
  })

  test('a service principal does not come back beside another one of the same application', async () => {
    const client = createGraphClient()
    const { appId } = await createApplication(client)
    const first = await client.send('POST', '/servicePrincipals', { appId })
    await client.send('DELETE', `/servicePrincipals/${first.body.id}`)
    await client.send('POST', '/servicePrincipals', { appId })
    const { status, body } = await client.send('POST', `/directory/deletedItems/${first.body.id}/restore`)
    expect([status, body.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue'])
    expect((await client.send('DELETE', `/directory/deletedItems/${first.body.id}`)).status).toBe(204)
    expect((await client.send('GET', `/directory/deletedItems/${first.body.id}`)).status).toBe(404)
  })

  test('is undone only by an owner, and looked at only as what it is', async () => {
    const client = createGraphClient()
    const { objectId, servicePrincipalId } = client.arrange<{ objectId: string; servicePrincipalId: string }>(
      'createApplication',
      { displayName: 'foreign' },
    )
    client.arrange('deleteApplication', { objectId })
    for (const id of [objectId, servicePrincipalId]) {
      expect((await client.send('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(403)
    }
    const cast = (id: string, type: string) =>
      client.send('GET', `/directory/deletedItems/${id}/microsoft.graph.${type}`)
    expect((await cast(objectId, 'application')).status).toBe(200)
    expect((await cast(objectId, 'servicePrincipal')).status).toBe(404)
    expect((await cast(servicePrincipalId, 'servicePrincipal')).status).toBe(200)
    expect((await cast(servicePrincipalId, 'application')).status).toBe(404)
  })

  test('deleting for good frees the unique name', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client, { uniqueName: 'one' })
    await client.send('DELETE', `/applications/${id}`)
    expect((await client.send('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204)
    await createApplication(client, { uniqueName: 'one' })
  })
})

describe('queries', () => {
  test('the unique name cannot be filtered by', async () => {
    const { status, body } = await createGraphClient().send('GET', "/applications?$filter=uniqueName eq 'one'")
    expect({ status, code: body.error.code }).toEqual({ status: 400, code: 'Request_UnsupportedQuery' })
  })

  test('pages lead to the next one', async () => {
    const client = createGraphClient()
    for (const displayName of ['a', 'b', 'c']) await createApplication(client, { displayName })
    const first = await client.send('GET', '/applications?$top=2&$select=displayName')
    expect(first.body.value).toEqual([{ displayName: 'a' }, { displayName: 'b' }])
    const next = new URL(first.body['@odata.nextLink'])
    const second = await client.send('GET', `${next.pathname.replace('/v1.0', '')}${next.search}`)
    expect(second.body.value).toEqual([{ displayName: 'c' }])
    expect(second.body).not.toHaveProperty('@odata.nextLink')
  })

  test('what this Graph does not do is loud', async () => {
    const client = createGraphClient()
    for (const path of ['/applications?$expand=owners', "/applications?$filter=tags/any(t:t eq 'a')", '/users']) {
      expect(await client.send('GET', path)).toMatchObject({ status: 501, body: { error: { code: 'NotImplemented' } } })
    }
  })

  test('an unknown property cannot be selected', async () => {
    expect(await createGraphClient().send('GET', '/servicePrincipals?$select=color')).toMatchObject({ status: 400 })
  })
})
