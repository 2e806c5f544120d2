import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import type { World } from '../../../../local/cloud/world.ts'
import { command, createPretendWorld, STRANGER } from '../pretend-world.ts'
import { createSend, filterBy, patchOp, SCIM, type Send } from './workspace-client.ts'

const PRINCIPALS = `${SCIM}/ServicePrincipals`
const APPLICATION_ID = '77777777-7777-7777-7777-777777777777'

let world: World
let service: CloudService
let send: Send

beforeEach(() => {
  world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
})

async function create(body: object): Promise<string> {
  const answer = await send('POST', PRINCIPALS, { body })
  expect(answer.status).toBe(201)
  return answer.body.id
}

const valuesOf = (entries: readonly { value: string }[] | undefined): readonly string[] | undefined =>
  entries?.map(({ value }) => value)

describe('creating a service principal', () => {
  it('shows what was sent, an id beyond 2^53 and the group of all users', async () => {
    const answer = await send('POST', PRINCIPALS, {
      body: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'],
        applicationId: APPLICATION_ID,
        displayName: 'etl-prod',
        externalId: 'steward-prod-etl-prod',
        entitlements: [{ value: 'workspace-access' }],
      },
    })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        applicationId: APPLICATION_ID,
        displayName: 'etl-prod',
        active: true,
        externalId: 'steward-prod-etl-prod',
        entitlements: [{ value: 'workspace-access' }],
        groups: [{ display: 'users' }],
      },
    })
    expect(BigInt(answer.body.id)).toBeGreaterThan(2n ** 53n)
    expect((await send('GET', `${PRINCIPALS}/${answer.body.id}`)).body).toEqual(answer.body)
  })

  it('gives a Databricks-managed one an application id of its own, each time', async () => {
    const first = await send('POST', PRINCIPALS, { body: { displayName: 'etl' } })
    const second = await send('POST', PRINCIPALS, { body: { displayName: 'etl' } })
    expect(first.body.applicationId).toMatch(/^[0-9a-f-]{36}$/)
    expect(second.body.applicationId).not.toBe(first.body.applicationId)
  })

  it.each([
    ['application-id', `Service principal with application ID ${APPLICATION_ID} already exists.`],
    ['email', `User with email ${APPLICATION_ID} already exists in this account`],
  ])('refuses a second one of the same application (%s)', async (text, detail) => {
    command(service, 'conflictText', { text })
    await create({ applicationId: APPLICATION_ID })
    expect(await send('POST', PRINCIPALS, { body: { applicationId: APPLICATION_ID } })).toMatchObject({
      status: 409,
      body: { status: '409', detail, schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] },
    })
  })

  it.each([
    ['an application id that is no GUID', { applicationId: 'abc' }],
    ['an unknown entitlement', { entitlements: [{ value: 'fly' }] }],
    [
      'workspace-consume beside workspace-access',
      { entitlements: [{ value: 'workspace-consume' }, { value: 'workspace-access' }] },
    ],
    ['an external id of 65 characters', { externalId: 'x'.repeat(65) }],
    ['a group that is not there', { groups: [{ value: '1' }] }],
    ['another schema', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }],
    ['an unknown attribute', { applicationID: APPLICATION_ID }],
  ])('refuses %s', async (_, body) => {
    const before = command(service, 'inspect')
    expect(await send('POST', PRINCIPALS, { body })).toMatchObject({ status: 400, body: { status: '400' } })
    expect(command(service, 'inspect')).toEqual(before)
  })
})

describe('listing service principals', () => {
  it('filters, and leaves Resources out when nothing matches', async () => {
    await create({ applicationId: APPLICATION_ID, displayName: 'etl-prod' })
    const found = await send('GET', `${PRINCIPALS}?${filterBy(`applicationId eq "${APPLICATION_ID.toUpperCase()}"`)}`)
    expect(found.body).toMatchObject({
      totalResults: 1,
      startIndex: 1,
      itemsPerPage: 1,
      Resources: [{ displayName: 'etl-prod' }],
    })
    const none = await send('GET', `${PRINCIPALS}?${filterBy('displayName eq "nobody"')}`)
    expect(none.body).toMatchObject({ totalResults: 0, itemsPerPage: 0 })
    expect(none.body).not.toHaveProperty('Resources')
  })

  it.each([
    ['displayName co "tl-p"', ['etl-prod']],
    ['displayName sw "etl"', ['etl-dev', 'etl-prod']],
    ['displayName sw "etl" and displayName ne "etl-dev"', ['etl-prod']],
    ['displayName eq "etl-dev" or displayName eq "etl-prod" and active eq "false"', ['etl-dev']],
  ])('understands %s', async (filter, names) => {
    await create({ displayName: 'etl-dev' })
    await create({ displayName: 'etl-prod' })
    const answer = await send('GET', `${PRINCIPALS}?${filterBy(filter)}&sortBy=displayName`)
    expect(answer.body.Resources.map(({ displayName }: { displayName: string }) => displayName)).toEqual(names)
  })

  it.each([
    'displayName',
    'displayName lk "x"',
    'externalId eq "x"',
    '(displayName eq "x")',
    'displayName eq "x" nor active eq "true"',
  ])('refuses the filter %s', async (filter) => {
    const answer = await send('GET', `${PRINCIPALS}?${filterBy(filter)}`)
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  it('pages from 1 and shows only the wanted attributes', async () => {
    for (const displayName of ['a', 'b', 'c']) await create({ displayName })
    const answer = await send('GET', `${PRINCIPALS}?startIndex=3&count=1&attributes=displayName`)
    expect(answer.body).toMatchObject({ totalResults: 4, startIndex: 3, itemsPerPage: 1 })
    expect(Object.keys(answer.body.Resources[0]).toSorted()).toEqual(['displayName', 'id', 'schemas'])
    const past = await send('GET', `${PRINCIPALS}?startIndex=5`)
    expect(past.body).not.toHaveProperty('Resources')
  })
})

describe('reading a service principal', () => {
  it('shows the application id to those who ask for the user name', async () => {
    const id = await create({ applicationId: APPLICATION_ID })
    const answer = await send('GET', `${PRINCIPALS}/${id}?attributes=userName,active`)
    expect(answer.body).toMatchObject({ applicationId: APPLICATION_ID, active: true })
    expect(answer.body).not.toHaveProperty('displayName')
  })
})

describe('changing a service principal', () => {
  it('loses with PUT what PUT does not repeat', async () => {
    const { ids } = command<{ ids: string[] }>(service, 'seed', {
      resources: [{ kind: 'Group', displayName: 'analysts' }],
    })
    const id = await create({
      displayName: 'etl',
      entitlements: [{ value: 'workspace-access' }],
      groups: [{ value: ids[0] }],
    })
    const answer = await send('PUT', `${PRINCIPALS}/${id}`, { body: { displayName: 'renamed' } })
    expect(answer).toMatchObject({ status: 200, body: { displayName: 'renamed', groups: [{ display: 'users' }] } })
    expect(answer.body).not.toHaveProperty('entitlements')
  })

  it('adds, removes and replaces entitlements with PATCH', async () => {
    const id = await create({ displayName: 'etl', entitlements: [{ value: 'workspace-access' }] })
    const patch = async (operation: object) =>
      (await send('PATCH', `${PRINCIPALS}/${id}`, { body: patchOp(operation) })).body
    const sql = [{ value: 'databricks-sql-access' }]
    const added = await patch({ op: 'add', path: 'entitlements', value: sql })
    expect(valuesOf(added.entitlements)).toEqual(['workspace-access', 'databricks-sql-access'])
    const again = await patch({ op: 'Add', path: 'entitlements', value: sql })
    expect(again.entitlements).toEqual(added.entitlements)
    const removed = await patch({ op: 'remove', path: 'entitlements[value eq "workspace-access"]' })
    expect(removed.entitlements).toEqual(sql)
    const emptied = await patch({ op: 'remove', path: 'entitlements' })
    expect(emptied).not.toHaveProperty('entitlements')
    expect(await patch({ op: 'remove', path: 'entitlements' })).toMatchObject({
      status: '400',
      scimType: 'invalidPath',
      detail: 'No such attribute with the name : entitlements in the current resource',
    })
    expect(valuesOf((await patch({ op: 'replace', path: 'entitlements', value: sql })).entitlements)).toEqual([
      'databricks-sql-access',
    ])
  })

  it('deactivates with the wrapped value that clients send', async () => {
    const id = await create({ displayName: 'etl' })
    const answer = await send('PATCH', `${PRINCIPALS}/${id}`, {
      body: patchOp({ op: 'replace', path: 'active', value: [{ value: 'false' }] }),
    })
    expect(answer.body.active).toBe(false)
  })

  it('applies all operations of a PATCH or none', async () => {
    const id = await create({ displayName: 'etl' })
    const answer = await send('PATCH', `${PRINCIPALS}/${id}`, {
      body: patchOp(
        { op: 'replace', path: 'displayName', value: 'renamed' },
        { op: 'replace', path: 'entitlements', value: [{ value: 'fly' }] },
      ),
    })
    expect(answer.status).toBe(400)
    expect((await send('GET', `${PRINCIPALS}/${id}`)).body.displayName).toBe('etl')
  })

  it('is gone after DELETE, from its groups too', async () => {
    const id = await create({ displayName: 'etl' })
    expect((await send('DELETE', `${PRINCIPALS}/${id}`)).status).toBe(204)
    expect((await send('GET', `${PRINCIPALS}/${id}`)).status).toBe(404)
    expect((await send('DELETE', `${PRINCIPALS}/${id}`)).status).toBe(404)
    expect(JSON.stringify(command(service, 'inspect'))).not.toContain(id)
  })
})

describe('callers who are no admins', () => {
  beforeEach(() => {
    command(service, 'seed', {
      resources: [
        { kind: 'ServicePrincipal', applicationId: STRANGER.clientId, entitlements: [{ value: 'workspace-access' }] },
      ],
    })
  })

  it('see few attributes', async () => {
    const answer = await send('GET', `${PRINCIPALS}?${filterBy(`applicationId eq "${STRANGER.clientId}"`)}`, {
      as: STRANGER,
    })
    expect(Object.keys(answer.body.Resources[0]).toSorted()).toEqual([
      'active',
      'applicationId',
      'displayName',
      'id',
      'schemas',
    ])
  })

  it('write nothing', async () => {
    expect((await send('POST', PRINCIPALS, { as: STRANGER, body: { displayName: 'x' } })).status).toBe(403)
    command(service, 'setAdmin', { applicationId: STRANGER.clientId, admin: true })
    expect((await send('POST', PRINCIPALS, { as: STRANGER, body: { displayName: 'x' } })).status).toBe(201)
  })
})

describe('replication lag', () => {
  it('hides what was written, but not from the check for duplicates', async () => {
    command(service, 'lag', { scimMs: 5000 })
    const id = await create({ applicationId: APPLICATION_ID })
    const listed = async () =>
      (await send('GET', `${PRINCIPALS}?${filterBy(`applicationId eq "${APPLICATION_ID}"`)}`)).body.totalResults
    expect(await listed()).toBe(0)
    expect((await send('GET', `${PRINCIPALS}/${id}`)).status).toBe(404)
    expect((await send('POST', PRINCIPALS, { body: { applicationId: APPLICATION_ID } })).status).toBe(409)
    world.clock.advance(5000)
    expect(await listed()).toBe(1)
    await send('PATCH', `${PRINCIPALS}/${id}`, { body: patchOp({ op: 'replace', path: 'displayName', value: 'new' }) })
    expect((await send('GET', `${PRINCIPALS}/${id}`)).body.displayName).toBe(APPLICATION_ID)
    world.clock.advance(5000)
    expect((await send('GET', `${PRINCIPALS}/${id}`)).body.displayName).toBe('new')
  })
})
