import { describe, expect, test } from 'vitest'
import { createApplication, createGraphClient, MINUTE_MS } from './graph-client.ts'

describe('service principals', () => {
  test('one is made for an application, once', async () => {
    const client = createGraphClient()
    const { appId } = await createApplication(client)
    const created = await client.send('POST', '/servicePrincipals', { appId })
    expect(created).toMatchObject({
      status: 201,
      body: { appId, displayName: 'etl', servicePrincipalType: 'Application', servicePrincipalNames: [appId] },
    })
    expect(await client.send('POST', '/servicePrincipals', { appId })).toMatchObject({
      status: 409,
      body: { error: { code: 'Request_MultipleObjectsWithSameKeyValue' } },
    })
    for (const path of [`/servicePrincipals/${created.body.id}`, `/servicePrincipals(appId='${appId}')`]) {
      expect((await client.send('GET', path)).body.id).toBe(created.body.id)
    }
    const { body } = await client.send('GET', `/servicePrincipals?$filter=appId eq '${appId}'&$select=id`)
    expect(body.value).toEqual([{ id: created.body.id }])
    expect((await client.send('DELETE', `/servicePrincipals/${created.body.id}`)).status).toBe(204)
    expect((await client.send('GET', `/servicePrincipals/${created.body.id}`)).status).toBe(404)
  })

  test('upsert by application id creates, then changes', async () => {
    const client = createGraphClient()
    const { appId } = await createApplication(client)
    const path = `/servicePrincipals(appId='${appId}')`
    expect((await client.send('PATCH', path, { tags: ['a'] })).status).toBe(404)
    const prefer = { prefer: 'create-if-missing' }
    expect(await client.send('PATCH', path, { tags: ['a'] }, prefer)).toMatchObject({ status: 201, body: { appId } })
    expect((await client.send('PATCH', path, { tags: ['b'] }, prefer)).status).toBe(204)
    expect((await client.send('GET', path)).body.tags).toEqual(['b'])
  })

  test('an application that has not replicated cannot have one, in either of two wordings', async () => {
    const client = createGraphClient()
    client.arrange('lag', { objectMs: MINUTE_MS })
    const { appId } = await createApplication(client)
    const create = (): ReturnType<typeof client.send> => client.send('POST', '/servicePrincipals', { appId })
    expect(await create()).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/does not reference a valid application object/) } },
    })
    client.arrange('replication', { unreplicatedApplication: 'forbidden' })
    expect(await create()).toMatchObject({
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied', message: expect.stringMatching(/backing application/) } },
    })
    client.clock.advance(MINUTE_MS)
    expect((await create()).status).toBe(201)
    expect((await client.send('GET', `/servicePrincipals(appId='${appId}')`)).status).toBe(404)
    expect(await create()).toMatchObject({ status: 409 })
  })

  test('the tenant has the managed identity and the principals of Graph and Databricks', async () => {
    const { body } = await createGraphClient().send('GET', '/servicePrincipals?$select=displayName')
    expect(body.value).toEqual([
      { displayName: 'id-steward' },
      { displayName: 'Microsoft Graph' },
      { displayName: 'AzureDatabricks' },
    ])
  })

  test('reset leaves a tenant as it was at the start', async () => {
    const client = createGraphClient()
    const { servicePrincipals } = client.world.directory
    const before = [...servicePrincipals.keys()]
    client.arrange('createApplication', { displayName: 'theirs' })
    client.arrange('lag', { objectMs: MINUTE_MS })
    client.arrange('reset')
    expect([...servicePrincipals.keys()]).toEqual(before)
    const { id } = await createApplication(client)
    expect((await client.send('GET', `/applications/${id}`)).status).toBe(200)
  })
})
