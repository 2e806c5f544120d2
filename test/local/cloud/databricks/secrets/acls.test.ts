import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import { command, createPretendWorld, STEWARD, STRANGER } from '../../pretend-world.ts'
import { createSend, SCIM, type Send } from '../workspace-client.ts'
import { createSecretCalls, refusal, type SecretCalls } from './secret-client.ts'

const SCOPE = { scope: 'etl' }
const PRINCIPAL = { ...SCOPE, principal: STRANGER.clientId }
const LETTERS = 'abcdefab-cdef-abcd-efab-cdefabcdefab'

let service: CloudService
let send: Send
let secrets: SecretCalls

beforeEach(async () => {
  const world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
  secrets = createSecretCalls(send)
  await secrets.post('scopes/create', SCOPE)
})

const addPrincipal = () =>
  send('POST', `${SCIM}/ServicePrincipals`, { body: { applicationId: STRANGER.clientId, displayName: 'etl-prod' } })

describe('ACLs of a scope', () => {
  it('are put, replaced, read and deleted, and names compare without case', async () => {
    command(service, 'seed', { resources: [{ kind: 'ServicePrincipal', applicationId: LETTERS }] })
    const principal = LETTERS.toUpperCase()
    expect(await secrets.post('acls/put', { ...SCOPE, principal: LETTERS, permission: 'READ' })).toEqual({
      status: 200,
      body: {},
    })
    await secrets.post('acls/put', { scope: 'ETL', principal, permission: 'WRITE' })
    expect((await secrets.get('acls/get', { ...SCOPE, principal })).body).toEqual({
      principal: LETTERS,
      permission: 'WRITE',
    })
    expect((await secrets.get('acls/list', SCOPE)).body.items).toHaveLength(2)
    expect(await secrets.post('acls/delete', { ...SCOPE, principal })).toEqual({ status: 200, body: {} })
    const gone = refusal(
      404,
      'RESOURCE_DOES_NOT_EXIST',
      `Failed to get secret acl for principal ${LETTERS} for scope etl.`,
    )
    expect(await secrets.get('acls/get', { ...SCOPE, principal: LETTERS })).toMatchObject(gone)
    expect(await secrets.post('acls/delete', { ...SCOPE, principal: LETTERS })).toMatchObject(gone)
  })

  it('are for groups by their display name, too, and lend their members what they give', async () => {
    await addPrincipal()
    command(service, 'addMember', { group: 'etl', applicationId: STRANGER.clientId })
    expect((await secrets.get('list', SCOPE, { as: STRANGER })).status).toBe(403)
    await secrets.post('acls/put', { ...SCOPE, principal: 'ETL', permission: 'READ' })
    expect((await secrets.get('list', SCOPE, { as: STRANGER })).status).toBe(200)
    expect((await secrets.get('acls/get', { ...SCOPE, principal: 'etl' })).body.principal).toBe('etl')
  })

  it('reach members of groups in groups', async () => {
    const { body: principal } = await addPrincipal()
    const [inner, outer] = command<{ ids: string[] }>(service, 'seed', {
      resources: [
        { kind: 'Group', displayName: 'inner', members: [{ value: principal.id }] },
        { kind: 'Group', displayName: 'outer' },
      ],
    }).ids
    const Operations = [{ op: 'add', path: 'members', value: [{ value: inner }] }]
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    expect((await send('PATCH', `${SCIM}/Groups/${outer}`, { body: { schemas, Operations } })).status).toBe(200)
    await secrets.post('acls/put', { ...SCOPE, principal: 'outer', permission: 'READ' })
    expect((await secrets.get('list', SCOPE, { as: STRANGER })).status).toBe(200)
  })

  it('are for nobody whom the workspace does not know yet', async () => {
    const body = { ...PRINCIPAL, permission: 'READ' }
    const unknown = refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Principal ${STRANGER.clientId} does not exist.`)
    expect(await secrets.post('acls/put', body)).toMatchObject(unknown)
    command(service, 'lag', { scimMs: 60_000 })
    await addPrincipal()
    expect(await secrets.post('acls/put', body)).toMatchObject(unknown)
  })

  it('are at times said to be put and are not', async () => {
    await addPrincipal()
    command(service, 'aclFlakiness', { times: 2 })
    const put = () => secrets.post('acls/put', { ...PRINCIPAL, permission: 'READ' })
    for (const status of [404, 404, 200]) {
      expect(await put()).toEqual({ status: 200, body: {} })
      expect((await secrets.get('acls/get', PRINCIPAL)).status).toBe(status)
    }
  })

  it('are closed to whoever has no MANAGE, and open to admins whatever they say', async () => {
    await addPrincipal()
    await secrets.post('acls/put', { ...PRINCIPAL, permission: 'WRITE' })
    const as = { as: STRANGER }
    const denied = refusal(403, 'PERMISSION_DENIED', expect.stringContaining('MANAGE permission on scope etl'))
    expect(await secrets.post('acls/put', { ...PRINCIPAL, permission: 'MANAGE' }, as)).toMatchObject(denied)
    expect(await secrets.post('acls/delete', PRINCIPAL, as)).toMatchObject(denied)
    expect(await secrets.get('acls/get', PRINCIPAL, as)).toMatchObject(denied)
    expect(await secrets.get('acls/list', SCOPE, as)).toMatchObject(denied)
    await secrets.post('acls/delete', { ...SCOPE, principal: STEWARD.clientId })
    expect((await secrets.get('acls/list', SCOPE)).status).toBe(200)
  })

  it('lock out a manager who deletes its own', async () => {
    await addPrincipal()
    const as = { as: STRANGER }
    await secrets.post('acls/put', { ...PRINCIPAL, permission: 'MANAGE' })
    expect((await secrets.post('acls/delete', PRINCIPAL, as)).status).toBe(200)
    expect((await secrets.get('acls/list', SCOPE, as)).status).toBe(403)
  })

  it('know three permissions and no other field', async () => {
    await addPrincipal()
    for (const body of [{ permission: 'OWNER' }, { permission: 'READ', kind: 'user' }]) {
      const answer = await secrets.post('acls/put', { ...PRINCIPAL, ...body })
      expect(answer).toMatchObject(refusal(400, 'MALFORMED_REQUEST', expect.any(String)))
    }
  })
})
