import { describe, expect, test } from 'vitest'
import { createApplication, createGraphClient, DAY_MS, MINUTE_MS } from './graph-client.ts'

describe('client secrets', () => {
  test('the secret is shown once, the rest always', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const { status, body } = await client.send('POST', `/applications/${id}/addPassword`, {
      passwordCredential: { displayName: 'first', endDateTime: new Date(client.clock.now() + DAY_MS).toISOString() },
    })
    expect(status).toBe(200)
    expect(body.secretText).toMatch(/^[\w.~-]{40}$/)
    expect(body.hint).toBe(body.secretText.slice(0, 3))
    const shown = await client.send('GET', `/applications/${id}`)
    expect(shown.body.passwordCredentials).toMatchObject([
      { keyId: body.keyId, displayName: 'first', hint: body.hint, secretText: null, endDateTime: body.endDateTime },
    ])
    expect(JSON.stringify([shown, client.arrange('inspect')])).not.toContain(body.secretText)
    expect(client.arrange('secrets')).toEqual({ secrets: [body.secretText] })
  })

  test('without an end they last two years', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const { body } = await client.send('POST', `/applications/${id}/addPassword`, {})
    const [start, end] = [new Date(body.startDateTime), new Date(body.endDateTime)]
    expect(end.getUTCFullYear() - start.getUTCFullYear()).toBe(2)
  })

  test('adding twice makes two', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const body = { passwordCredential: { displayName: 'same' } }
    await client.send('POST', `/applications/${id}/addPassword`, body)
    await client.send('POST', `/applications/${id}/addPassword`, body)
    expect(client.arrange('inspect')).toMatchObject({ counts: { passwordCredentials: 2 } })
  })

  test.each([
    [{ passwordCredential: { endDateTime: '2020-01-01T00:00:00Z' } }],
    [{ passwordCredential: { endDateTime: 'soon' } }],
    [{ passwordCredential: { secretText: 'mine' } }],
    [{ displayName: 'outside' }],
  ])('refuses %j', async (body) => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    expect(await client.send('POST', `/applications/${id}/addPassword`, body)).toMatchObject({ status: 400 })
    expect(client.arrange('secrets')).toEqual({ secrets: [] })
  })

  test("the tenant's policy limits the lifetime", async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    client.arrange('passwordPolicy', { maxLifetimeDays: 90 })
    const { status, body } = await client.send('POST', `/applications/${id}/addPassword`, {})
    expect({ status, code: body.error.code }).toEqual({
      status: 400,
      code: 'CredentialLifetimeExceedsMaxValueAsPerAppMgmtPolicy',
    })
  })

  test('a removed one is gone, and removing it again is refused', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const { body: credential } = await client.send('POST', `/applications/${id}/addPassword`, {})
    const remove = (): ReturnType<typeof client.send> =>
      client.send('POST', `/applications/${id}/removePassword`, { keyId: credential.keyId })
    expect((await remove()).status).toBe(204)
    expect(await remove()).toMatchObject({
      status: 400,
      body: { error: { code: 'Request_BadRequest', message: 'No password credential found with keyId.' } },
    })
    expect(client.arrange('secrets')).toEqual({ secrets: [credential.secretText] })
  })

  test('changes that follow too closely are refused where the test wants it', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const add = (): ReturnType<typeof client.send> => client.send('POST', `/applications/${id}/addPassword`, {})
    const violation = { status: 409, body: { error: { code: 'Directory_ConcurrencyViolation' } } }
    client.arrange('concurrency', { violations: 1 })
    expect(await add()).toMatchObject(violation)
    expect((await add()).status).toBe(200)
    client.arrange('concurrency', { windowMs: MINUTE_MS })
    expect(await add()).toMatchObject(violation)
    client.clock.advance(MINUTE_MS)
    expect((await add()).status).toBe(200)
  })
})

describe('federated identity credentials', () => {
  const credential = {
    name: 'steward',
    issuer: 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0',
    subject: '22222222-2222-2222-2222-222222222222',
    audiences: ['api://AzureADTokenExchange'],
  }

  test('one is created, found by name and by id, changed and deleted', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const all = `/applications/${id}/federatedIdentityCredentials`
    const created = await client.send('POST', all, credential)
    expect(created).toMatchObject({ status: 201, body: { ...credential, description: null } })
    for (const key of ["(name='steward')", '/steward', `/${created.body.id}`]) {
      expect(await client.send('GET', `${all}${key}`)).toMatchObject({ status: 200, body: credential })
    }
    expect((await client.send('PATCH', `${all}(name='steward')`, { subject: 'other' })).status).toBe(204)
    expect((await client.send('GET', all)).body.value).toMatchObject([{ ...credential, subject: 'other' }])
    expect((await client.send('DELETE', `${all}/steward`)).status).toBe(204)
    expect((await client.send('GET', `${all}/steward`)).status).toBe(404)
  })

  test('upsert by unique name and credential name creates, then changes', async () => {
    const client = createGraphClient()
    await createApplication(client, { uniqueName: 'one' })
    const path = "/applications(uniqueName='one')/federatedIdentityCredentials(name='steward')"
    const { name: _, ...properties } = credential
    expect((await client.send('PATCH', path, properties)).status).toBe(404)
    const prefer = { prefer: 'create-if-missing' }
    expect(await client.send('PATCH', path, properties, prefer)).toMatchObject({ status: 201, body: credential })
    expect((await client.send('PATCH', path, properties, prefer)).status).toBe(204)
  })

  test.each([
    ['no audience', { name: 'other', subject: 'other', audiences: [] }, 400, 'InvalidFederatedIdentityCredentialValue'],
    [
      'two audiences',
      { name: 'other', subject: 'other', audiences: ['a', 'b'] },
      400,
      'InvalidFederatedIdentityCredentialValue',
    ],
    ['a short name', { name: 'a' }, 400, 'Request_BadRequest'],
    ['no issuer', { issuer: undefined }, 400, 'Request_BadRequest'],
    ['a taken issuer and subject', { name: 'other' }, 400, 'InvalidFederatedIdentityCredentialValue'],
    ['a taken name', { subject: 'other' }, 409, 'Request_MultipleObjectsWithSameKeyValue'],
  ])('refuses %s', async (_, change, status, code) => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const all = `/applications/${id}/federatedIdentityCredentials`
    await client.send('POST', all, credential)
    const answer = await client.send('POST', all, { ...credential, ...change })
    expect({ status: answer.status, code: answer.body.error.code }).toEqual({ status, code })
    expect(client.arrange('inspect')).toMatchObject({ counts: { federatedIdentityCredentials: 1 } })
  })

  test('twenty are the limit', async () => {
    const client = createGraphClient()
    const { id } = await createApplication(client)
    const statuses: number[] = []
    for (let index = 0; index < 21; index++) {
      const body = { ...credential, name: `name-${index}`, subject: `subject-${index}` }
      statuses.push((await client.send('POST', `/applications/${id}/federatedIdentityCredentials`, body)).status)
    }
    expect(statuses).toEqual([...Array<number>(20).fill(201), 400])
  })
})

test('an application can be made with what may sign in as it', async () => {
  const client = createGraphClient()
  const trusted = { name: 'steward', issuer: 'https://issuer.example', subject: 'identity' }
  const federatedCredentials = [{ ...trusted, audience: 'api://exchange' }]
  const { objectId } = client.arrange<{ objectId: string }>('createApplication', {
    displayName: 'a',
    federatedCredentials,
  })
  const { body } = await client.send('GET', `/applications/${objectId}/federatedIdentityCredentials`)
  expect(body.value).toMatchObject([{ ...trusted, audiences: ['api://exchange'] }])
})
