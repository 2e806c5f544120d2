import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import { command, createPretendWorld, OTHER_WORKSPACE, STEWARD } from '../pretend-world.ts'
import { createSend, filterBy, patchOp, SCIM, type Send } from './workspace-client.ts'

const GROUPS = `${SCIM}/Groups`

let service: CloudService
let send: Send

beforeEach(() => {
  const world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
})

async function findGroup(name: string): Promise<{ id: string; members?: { value: string }[] }> {
  const answer = await send('GET', `${GROUPS}?${filterBy(`displayName eq "${name}"`)}`)
  return answer.body.Resources[0]
}

async function createPrincipal(): Promise<string> {
  return (await send('POST', `${SCIM}/ServicePrincipals`, { body: { displayName: 'etl-prod' } })).body.id
}

describe('groups', () => {
  it('are there from the start: admins and users everywhere, etl and etl-leads in the first workspace', async () => {
    const names = async (host?: string) =>
      (await send('GET', GROUPS, host === undefined ? {} : { host })).body.Resources.map(
        ({ displayName }: { displayName: string }) => displayName,
      )
    expect(await names()).toEqual(['admins', 'users', 'etl', 'etl-leads'])
    expect(await names(OTHER_WORKSPACE)).toEqual(['admins', 'users'])
  })

  it('take a member once, however often it is added, and let it go again', async () => {
    const { id } = await findGroup('etl')
    const member = await createPrincipal()
    const add = patchOp({ op: 'add', path: 'members', value: [{ value: member }] })
    expect((await send('PATCH', `${GROUPS}/${id}`, { body: add })).status).toBe(200)
    expect((await send('PATCH', `${GROUPS}/${id}`, { body: add })).status).toBe(200)
    expect((await findGroup('etl')).members).toMatchObject([{ value: member, $ref: `ServicePrincipals/${member}` }])
    const principal = await send('GET', `${SCIM}/ServicePrincipals/${member}?attributes=groups`)
    expect(principal.body.groups.map(({ display }: { display: string }) => display)).toEqual(['users', 'etl'])
    const remove = patchOp({ op: 'remove', path: `members[value eq "${member}"]` })
    expect((await send('PATCH', `${GROUPS}/${id}`, { body: remove })).status).toBe(200)
    expect(await findGroup('etl')).not.toHaveProperty('members')
  })

  it('refuse a member that is not there', async () => {
    const { id } = await findGroup('etl')
    const add = patchOp({ op: 'add', path: 'members', value: [{ value: '123' }] })
    expect((await send('PATCH', `${GROUPS}/${id}`, { body: add })).status).toBe(400)
  })

  it('can be made once, replaced and deleted', async () => {
    const created = await send('POST', GROUPS, { body: { displayName: 'analysts' } })
    expect(created).toMatchObject({
      status: 201,
      body: { displayName: 'analysts', meta: { resourceType: 'WorkspaceGroup' } },
    })
    expect((await send('POST', GROUPS, { body: { displayName: 'Analysts' } })).status).toBe(409)
    const path = `${GROUPS}/${created.body.id}`
    expect((await send('PUT', path, { body: { displayName: 'renamed' } })).body.displayName).toBe('renamed')
    expect((await send('DELETE', path)).status).toBe(204)
    expect((await send('GET', path)).body.detail).toBe(`Group with id ${created.body.id} is not found`)
  })

  it('keep the two of the system', async () => {
    const { id } = await findGroup('admins')
    expect((await send('DELETE', `${GROUPS}/${id}`)).status).toBe(403)
  })
})

describe('seeding', () => {
  it('takes resources as recorded answers show them', async () => {
    command(service, 'seed', {
      resources: [
        {
          kind: 'ServicePrincipal',
          id: 'abc',
          applicationId: 'bcd',
          groups: [
            { display: 'admins', value: '4567' },
            { display: 'ds', value: '9877' },
          ],
        },
        { kind: 'Group', id: 'eerste', displayName: 'first', members: [{ $ref: 'Users/1112', value: '1112' }] },
      ],
    })
    const principal = (await send('GET', `${SCIM}/ServicePrincipals/abc`)).body
    expect(principal.groups).toEqual(
      expect.arrayContaining([expect.objectContaining({ display: 'admins', value: '4567' })]),
    )
    expect((await findGroup('first')).members).toMatchObject([{ value: '1112', $ref: 'Users/1112' }])
    // The caller is still an admin: the group was given another id, not replaced.
    expect((await send('GET', `${GROUPS}/4567`)).body.members).toHaveLength(2)
  })

  it('ends with a reset', async () => {
    command(service, 'seed', { resources: [{ kind: 'Group', id: 'abc', displayName: 'ds' }] })
    command(service, 'reset')
    expect((await send('GET', `${GROUPS}/abc`)).status).toBe(404)
  })
})

describe('Me', () => {
  it('is the calling principal, by its application id', async () => {
    const answer = await send('GET', `${SCIM}/Me`)
    expect(answer.body).toMatchObject({ userName: STEWARD.clientId, displayName: STEWARD.name, active: true })
    expect(answer.body.groups.map(({ display }: { display: string }) => display)).toEqual(['admins', 'users'])
  })
})
