import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabricksClient } from '../../../src/clients/databricks/client.ts'
import { filterEquals } from '../../../src/clients/databricks/scim.ts'
import type { ScriptedService } from '../../support/scripted-service.ts'
import { denied, missing, startScriptedWorkspace } from './scripted-workspace.ts'

const PRINCIPALS = '/api/2.0/preview/scim/v2/ServicePrincipals'
const PRINCIPAL = `${PRINCIPALS}/9007199254740993`
const GROUPS = '/api/2.0/preview/scim/v2/Groups'

const resource = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'],
  id: '9007199254740993',
  applicationId: 'client-1',
  displayName: 'etl',
  externalId: 'steward/prod/etl',
  active: true,
  entitlements: [{ value: 'workspace-access' }],
  groups: [{ value: '42', display: 'etl', type: 'direct', $ref: 'Groups/42' }],
}

const principal = {
  principalId: '9007199254740993',
  applicationId: 'client-1',
  displayName: 'etl',
  externalId: 'steward/prod/etl',
  entitlements: ['workspace-access'],
  groups: [{ groupId: '42', displayName: 'etl' }],
  isActive: true,
}

const scimRefusal = (status: number, detail: string) => ({
  status,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail },
})

let service: ScriptedService
let workspace: DatabricksClient

beforeEach(async () => {
  ;({ service, workspace } = await startScriptedWorkspace())
})

afterEach(() => service.stop())

const bodyOf = (index: number): unknown => JSON.parse(service.requests[index]?.body ?? '')

describe('listing service principals', () => {
  it('asks by application id, without roles, and keeps long ids whole', async () => {
    service.on('GET', PRINCIPALS, { body: { totalResults: 1, startIndex: 1, itemsPerPage: 1, Resources: [resource] } })
    expect(await workspace.listServicePrincipals({ applicationId: 'client-1' })).toEqual([principal])
    const [request] = service.requests
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toMatchObject({
      filter: 'applicationId eq "client-1"',
      excludedAttributes: 'roles',
      startIndex: '1',
    })
    expect(request?.url.search).not.toContain('+')
    expect(request?.url.host).toBe('adb-1.2.azuredatabricks.net')
    expect(request?.headers.authorization).toBe('Bearer databricks-token')
  })

  it.each([{}, { totalResults: 0 }, { Resources: [] }])('is empty when the answer is %o', async (body) => {
    service.on('GET', PRINCIPALS, { body })
    expect(await workspace.listServicePrincipals({ applicationId: 'etl' })).toEqual([])
    expect(service.requests).toHaveLength(1)
  })

  it('reads page after page until it has them all', async () => {
    const page = (start: number, count: number) => ({
      body: {
        totalResults: 5,
        Resources: Array.from({ length: count }, (_, index) => ({ ...resource, id: String(start + index) })),
      },
    })
    service.on('GET', PRINCIPALS, page(1, 2), page(3, 2), page(5, 1))
    const found = await workspace.listServicePrincipals({ applicationId: 'etl' })
    expect(found.map(({ principalId }) => principalId)).toEqual(['1', '2', '3', '4', '5'])
    expect(service.requests.map(({ url }) => url.searchParams.get('startIndex'))).toEqual(['1', '3', '5'])
  })

  it('ends at an empty page when the answers tell no total', async () => {
    service.on('GET', PRINCIPALS, { body: { Resources: [resource] } }, { body: {} })
    expect(await workspace.listServicePrincipals({ applicationId: 'etl' })).toHaveLength(1)
  })

  it('gives up on a list without end', async () => {
    service.on('GET', PRINCIPALS, ...Array.from({ length: 250 }, () => ({ body: { Resources: [resource] } })))
    await expect(workspace.listServicePrincipals({ applicationId: 'etl' })).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })

  it('takes the little that callers who are no admins are shown', async () => {
    const { id, applicationId } = resource
    service.on('GET', PRINCIPALS, { body: { totalResults: 1, Resources: [{ id, applicationId }] } })
    expect(await workspace.listServicePrincipals({ applicationId: 'etl' })).toEqual([
      { ...principal, displayName: '', externalId: null, entitlements: [], groups: [] },
    ])
  })

  it('never lets a value out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const [, quoted = ''] = /^displayName eq (".*")$/s.exec(filterEquals('displayName', value)) ?? []
        // A quote inside would end the string before its end.
        expect(quoted.slice(1, -1).replace(/\\./gs, '')).not.toContain('"')
        expect(JSON.parse(quoted)).toBe(value)
      }),
    )
  })

  it('takes a sign-in page for what it is', async () => {
    service.on('GET', PRINCIPALS, {
      body: '<html><title>Sign in</title></html>',
      headers: { 'content-type': 'text/html' },
    })
    await expect(workspace.listServicePrincipals({ applicationId: 'etl' })).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('sign-in page'),
    })
  })
})

describe('one service principal', () => {
  it('is found by its id, or not', async () => {
    service.on('GET', PRINCIPAL, { body: resource }, scimRefusal(404, 'Service principal with id x is not found'))
    expect(await workspace.getServicePrincipal('9007199254740993')).toEqual(principal)
    expect(await workspace.getServicePrincipal('9007199254740993')).toBeNull()
  })

  it.each([
    { status: 404, body: { message: 'no route' } },
    { status: 404, body: { status: 404, title: 'Not Found', detail: 'no route' } },
    { status: 404, body: { error_code: 404, message: 'no workspace' } },
    { status: 404, body: '<html><title>not found</title></html>' },
    { status: 404 },
  ])('is not missing when something in front of the workspace answers %o', async (answer) => {
    service.on('GET', PRINCIPAL, answer)
    await expect(workspace.getServicePrincipal('9007199254740993')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('is missing in the words of other APIs, too', async () => {
    service.on('GET', PRINCIPAL, { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no' } })
    expect(await workspace.getServicePrincipal('9007199254740993')).toBeNull()
  })

  it('is an unexpected answer when its id is a number, which may have lost digits', async () => {
    service.on('GET', PRINCIPAL, { body: { ...resource, id: 9007199254740992 } })
    await expect(workspace.getServicePrincipal('9007199254740993')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('creating a service principal', () => {
  const wish = { displayName: 'etl', externalId: 'steward/prod/etl', entitlements: ['workspace-access'] }

  it('names the application of one that Entra manages', async () => {
    service.on('POST', PRINCIPALS, { status: 201, body: resource })
    expect(await workspace.createServicePrincipal({ applicationId: 'client-1', ...wish })).toEqual(principal)
    expect(bodyOf(0)).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'],
      applicationId: 'client-1',
      displayName: 'etl',
      externalId: 'steward/prod/etl',
      active: true,
      entitlements: [{ value: 'workspace-access' }],
    })
    expect(service.requests[0]?.headers['content-type']).toBe('application/scim+json; charset=utf-8')
  })

  it('names none for one that Databricks manages', async () => {
    service.on('POST', PRINCIPALS, { status: 201, body: resource })
    await workspace.createServicePrincipal(wish)
    expect(bodyOf(0)).not.toHaveProperty('applicationId')
  })

  it.each([
    scimRefusal(409, 'Service principal with application ID client-1 already exists.'),
    scimRefusal(409, 'User with email client-1 already exists in this account'),
    { status: 400, body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'there' } },
  ])('says when it is there already (%o)', async (answer) => {
    service.on('POST', PRINCIPALS, answer)
    expect(await workspace.createServicePrincipal(wish)).toBe('already-exists')
  })

  it('is not repeated after a lost answer', async () => {
    service.on('POST', PRINCIPALS, { isLost: true })
    await expect(workspace.createServicePrincipal(wish)).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(service.requests).toHaveLength(1)
  })

  it.each([
    { status: 409, body: 'no' },
    { status: 409, body: { message: 'no' } },
  ])('does not take the conflict %o for being there', async (answer) => {
    service.on('POST', PRINCIPALS, answer)
    await expect(workspace.createServicePrincipal(wish)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('leaves its outcome open when it is confirmed with what nobody can read', async () => {
    service.on('POST', PRINCIPALS, { status: 201, body: { id: 1 } })
    await expect(workspace.createServicePrincipal(wish)).rejects.toMatchObject({ code: 'outcome-unknown' })
  })

  it('leaves its outcome open when the workspace gave up half-way', async () => {
    service.on('POST', PRINCIPALS, { status: 400, body: { error_code: 'BAD_REQUEST', message: 'deadline exceeded' } })
    await expect(workspace.createServicePrincipal(wish)).rejects.toMatchObject({ code: 'outcome-unknown' })
  })

  it.each([
    scimRefusal(403, 'Only workspace admins can add service principals.'),
    { status: 403, body: { error_code: 403, message: 'Invalid access token.' } },
    { status: 401, body: '<html><pre>Unauthorized</pre></html>' },
  ])('that is denied says which identity lacks which right and who grants it (%o)', async (answer) => {
    service.on('POST', PRINCIPALS, answer)
    await expect(workspace.createServicePrincipal(wish)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(
        /adb-1\.2\.azuredatabricks\.net.*identity-1.*add a service principal.*"admins".*workspace admin/s,
      ),
    })
  })
})

describe('changing a service principal', () => {
  it('is one request for entitlements and mark together', async () => {
    service.on('PATCH', PRINCIPAL, { status: 204 })
    await workspace.updateServicePrincipal('9007199254740993', {
      addEntitlements: ['allow-cluster-create', 'databricks-sql-access'],
      externalId: 'steward/prod/etl',
    })
    expect(service.requests.map(({ body }) => JSON.parse(body))).toEqual([
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [
          {
            op: 'add',
            path: 'entitlements',
            value: [{ value: 'allow-cluster-create' }, { value: 'databricks-sql-access' }],
          },
          { op: 'add', path: 'externalId', value: 'steward/prod/etl' },
        ],
      },
    ])
  })

  it('is no request when there is nothing to change', async () => {
    await workspace.updateServicePrincipal('9007199254740993', { addEntitlements: [] })
    expect(service.requests).toHaveLength(0)
  })

  it('is sent again after a lost answer', async () => {
    service.on('PATCH', PRINCIPAL, { isLost: true }, { body: resource })
    await workspace.updateServicePrincipal('9007199254740993', { externalId: 'x' })
    expect(service.requests).toHaveLength(2)
  })

  it('that is refused says why', async () => {
    service.on('PATCH', PRINCIPAL, scimRefusal(400, 'Entitlement x is not supported'))
    await expect(
      workspace.updateServicePrincipal('9007199254740993', { addEntitlements: ['x'] }),
    ).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('SCIM_400: Entitlement x is not supported'),
    })
  })
})

describe('releasing a service principal', () => {
  it('takes our mark away and nothing else', async () => {
    service.on('PATCH', PRINCIPAL, { isLost: true }, { status: 204 })
    await workspace.releaseServicePrincipal('9007199254740993')
    expect(bodyOf(1)).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'remove', path: 'externalId' }],
    })
    expect(service.requests[1]?.headers['content-type']).toBe('application/scim+json; charset=utf-8')
  })

  it.each([
    scimRefusal(404, 'Service principal with id x is not found'),
    {
      status: 400,
      body: {
        status: '400',
        scimType: 'invalidPath',
        detail: 'No such attribute with the name : externalId in the current resource',
      },
    },
    missing,
  ])('does not mind when there is none (%o)', async (answer) => {
    service.on('PATCH', PRINCIPAL, answer)
    await workspace.releaseServicePrincipal('9007199254740993')
  })

  it.each([
    [scimRefusal(400, 'Request is unparsable'), 'upstream-rejected'],
    [denied, 'upstream-denied'],
  ])('says when it was refused (%o)', async (answer, code) => {
    service.on('PATCH', PRINCIPAL, answer)
    await expect(workspace.releaseServicePrincipal('9007199254740993')).rejects.toMatchObject({ code })
  })
})

describe('deleting a service principal', () => {
  it.each([{ status: 204 }, scimRefusal(404, 'Service principal with id x is not found'), missing])(
    'leaves none (%o)',
    async (answer) => {
      service.on('DELETE', PRINCIPAL, answer)
      await workspace.deleteServicePrincipal('9007199254740993')
      expect(service.requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([`DELETE ${PRINCIPAL}`])
    },
  )

  it.each([
    [{ status: 404, body: '<html>no such page</html>' }, 'upstream-rejected'],
    [scimRefusal(403, 'Only workspace admins can do this.'), 'upstream-denied'],
  ])('says when it was refused (%o)', async (answer, code) => {
    service.on('DELETE', PRINCIPAL, answer)
    await expect(workspace.deleteServicePrincipal('9007199254740993')).rejects.toMatchObject({ code })
  })
})

describe('groups', () => {
  it.each([
    [
      [
        { id: '1', displayName: 'ETL' },
        { id: '2', displayName: 'etl' },
      ],
      '2',
    ],
    [[{ id: '1', displayName: 'ETL' }], '1'],
    [[{ id: '1', displayName: 'etl-2' }], undefined],
    [[], undefined],
  ])('are found by name (%j)', async (Resources, groupId) => {
    service.on('GET', GROUPS, { body: { totalResults: Resources.length, Resources } })
    expect((await workspace.findGroup('etl'))?.groupId).toBe(groupId)
    expect(service.requests[0]?.url.searchParams.get('attributes')).toBe('id,displayName')
  })

  it.each([{ status: 200, body: { id: '42' } }, { status: 204 }, scimRefusal(409, 'is a member already')])(
    'take a member that is new or known (%o)',
    async (answer) => {
      service.on('PATCH', `${GROUPS}/42`, answer)
      await workspace.addGroupMember('42', '7')
      expect(bodyOf(0)).toMatchObject({ Operations: [{ op: 'add', path: 'members', value: [{ value: '7' }] }] })
    },
  )

  it('that nobody may change say so', async () => {
    service.on('PATCH', `${GROUPS}/42`, scimRefusal(403, 'no'))
    await expect(workspace.addGroupMember('42', '7')).rejects.toMatchObject({
      code: 'upstream-denied',
      data: expect.objectContaining({ action: 'put a service principal into a group' }),
    })
  })
})

describe('who Steward is in a workspace', () => {
  const ME = '/api/2.0/preview/scim/v2/Me'

  it('is asked, since whoever is no admin is shown less', async () => {
    service.on('GET', ME, {
      body: {
        id: '1',
        groups: [
          { value: '1', display: 'users' },
          { value: '2', display: 'admins' },
        ],
      },
    })
    await workspace.requireAdmin()
    service.on('GET', ME, { body: { id: '1', groups: [{ value: '1', display: 'users' }] } }, { body: { id: '1' } })
    const denial = { code: 'upstream-denied', message: expect.stringMatching(/identity-1.*"admins"/s) }
    await expect(workspace.requireAdmin()).rejects.toMatchObject(denial)
    await expect(workspace.requireAdmin()).rejects.toMatchObject(denial)
  })
})
