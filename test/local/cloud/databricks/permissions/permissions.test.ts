import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import { command, createPretendWorld, STEWARD, STRANGER } from '../../pretend-world.ts'
import { createJobCalls, job, NOTEBOOK } from '../jobs/job-client.ts'
import { refusal } from '../secrets/secret-client.ts'
import { readWire } from '../wire.ts'
import { type Answer, createSend, SCIM, type Send } from '../workspace-client.ts'

const PERMISSIONS = '/api/2.0/permissions'
const OTHER = '88888888-8888-8888-8888-888888888888'

let service: CloudService
let send: Send
let jobId: string
let path: string

beforeEach(async () => {
  const world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
  command(service, 'seed', {
    resources: [
      { kind: 'ServicePrincipal', applicationId: STRANGER.clientId, displayName: 'etl-prod' },
      { kind: 'ServicePrincipal', applicationId: OTHER, displayName: 'other' },
      { kind: 'User', id: '42', displayName: 'ben@example.com' },
    ],
  })
  jobId = await createJobCalls(send).create(job)
  path = `${PERMISSIONS}/jobs/${jobId}`
})

const servicePrincipal = (name: string, level: string) => ({ service_principal_name: name, permission_level: level })
const group = (name: string, level: string) => ({ group_name: name, permission_level: level })
const change = (method: 'PUT' | 'PATCH', ...entries: object[]): Promise<Answer> =>
  send(method, path, { body: { access_control_list: entries } })

/** `name: level, inherited level`, in the order of the answer. */
async function listHolders(): Promise<readonly string[]> {
  interface Level {
    readonly permission_level: string
    readonly inherited: boolean
  }
  const { access_control_list: entries } = (await send('GET', path)).body
  return entries.map((entry: Readonly<Record<string, string>> & { all_permissions: readonly Level[] }) => {
    const name = entry['service_principal_name'] ?? entry['group_name'] ?? entry['user_name']
    const levels = entry.all_permissions.map((each) => `${each.inherited ? 'inherited ' : ''}${each.permission_level}`)
    return `${name}: ${levels.join(', ')}`
  })
}

const owner = `${STEWARD.clientId}: IS_OWNER`
const inheritedAdmins = 'admins: inherited CAN_MANAGE'
const oneOwner = refusal(400, 'INVALID_PARAMETER_VALUE', 'The job must have exactly one owner.')

describe('permissions on a job', () => {
  it('are its creator as owner, and what the admins inherit', async () => {
    expect((await send('GET', path)).body).toEqual({
      object_id: `/jobs/${jobId}`,
      object_type: 'job',
      access_control_list: [
        {
          service_principal_name: STEWARD.clientId,
          display_name: STEWARD.name,
          all_permissions: [{ permission_level: 'IS_OWNER', inherited: false }],
        },
        {
          group_name: 'admins',
          all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: ['/jobs/'] }],
        },
      ],
    })
  })

  it('are replaced by PUT, all but what is inherited', async () => {
    await change('PATCH', group('etl', 'CAN_VIEW'))
    const answer = await change(
      'PUT',
      servicePrincipal(STRANGER.clientId.toUpperCase(), 'IS_OWNER'),
      group('ETL-leads', 'CAN_MANAGE'),
    )
    expect(answer.status).toBe(200)
    expect(await listHolders()).toEqual([`${STRANGER.clientId}: IS_OWNER`, 'etl-leads: CAN_MANAGE', inheritedAdmins])
    expect(answer.body).toEqual((await send('GET', path)).body)
  })

  it('are added to by PATCH, one level for each principal', async () => {
    await change('PATCH', group('etl', 'CAN_VIEW'), { user_name: 'ben@example.com', permission_level: 'CAN_VIEW' })
    await change('PATCH', group('Etl', 'CAN_MANAGE_RUN'), group('admins', 'CAN_MANAGE'))
    expect(await listHolders()).toEqual([
      owner,
      'ben@example.com: CAN_VIEW',
      'etl: CAN_MANAGE_RUN',
      'admins: CAN_MANAGE, inherited CAN_MANAGE',
    ])
  })

  it('name exactly one owner, however they are changed', async () => {
    expect(await change('PUT', group('etl', 'CAN_MANAGE'))).toMatchObject(oneOwner)
    expect(await send('PUT', path, { body: {} })).toMatchObject(oneOwner)
    const owners = [servicePrincipal(STEWARD.clientId, 'IS_OWNER'), servicePrincipal(OTHER, 'IS_OWNER')]
    expect(await change('PUT', ...owners)).toMatchObject(oneOwner)
    expect(await change('PATCH', servicePrincipal(OTHER, 'IS_OWNER'))).toMatchObject(oneOwner)
    expect(await change('PATCH', servicePrincipal(STEWARD.clientId, 'CAN_MANAGE'))).toMatchObject(oneOwner)
    expect(await change('PUT', group('etl', 'IS_OWNER'))).toMatchObject(
      refusal(400, 'INVALID_PARAMETER_VALUE', expect.stringContaining('cannot be the owner')),
    )
    expect(await listHolders()).toEqual([owner, inheritedAdmins])
  })

  it.each([
    ['nobody', { permission_level: 'CAN_VIEW' }, 'INVALID_PARAMETER_VALUE'],
    ['two at once', { ...group('etl', 'CAN_VIEW'), user_name: 'ben@example.com' }, 'INVALID_PARAMETER_VALUE'],
    ['a level of notebooks', group('etl', 'CAN_READ'), 'INVALID_PARAMETER_VALUE'],
    ['less than the admins have', group('admins', 'CAN_VIEW'), 'INVALID_PARAMETER_VALUE'],
    ['a field that is none', { ...group('etl', 'CAN_VIEW'), inherited: false }, 'MALFORMED_REQUEST'],
  ])('are refused for %s', async (_, entry, code) => {
    expect(await change('PATCH', entry)).toMatchObject(refusal(400, code, expect.any(String)))
    expect(await listHolders()).toEqual([owner, inheritedAdmins])
  })

  it('are for nobody whom the workspace does not know yet, by that kind of name', async () => {
    const unknown = (type: string, name: string) =>
      refusal(404, 'RESOURCE_DOES_NOT_EXIST', `Principal: ${type}(${name}) does not exist`)
    expect(await change('PATCH', group('none', 'CAN_VIEW'))).toMatchObject(unknown('GroupName', 'none'))
    expect(await change('PATCH', group(OTHER, 'CAN_VIEW'))).toMatchObject(unknown('GroupName', OTHER))
    expect(await change('PATCH', servicePrincipal('other', 'CAN_VIEW'))).toMatchObject(
      unknown('ServicePrincipalName', 'other'),
    )
    command(service, 'lag', { scimMs: 60_000 })
    const applicationId = '99999999-9999-9999-9999-999999999999'
    await send('POST', `${SCIM}/ServicePrincipals`, { body: { applicationId, displayName: 'new' } })
    expect(await change('PATCH', servicePrincipal(applicationId, 'CAN_VIEW'))).toMatchObject(
      unknown('ServicePrincipalName', applicationId),
    )
  })

  it('go with the job', async () => {
    await createJobCalls(send).post('delete', { job_id: jobId })
    expect(await send('GET', path)).toMatchObject(
      refusal(404, 'RESOURCE_DOES_NOT_EXIST', `job ${jobId} does not exist.`),
    )
    const { workspaces } = command<{ workspaces: { grants: object }[] }>(service, 'inspect')
    expect(workspaces[0]?.grants).not.toHaveProperty(`jobs/${jobId}`)
  })
})

describe('whoever is no admin', () => {
  const as = { as: STRANGER }

  it('is refused before it learns whether the job is there', async () => {
    for (const id of [jobId, '1']) {
      expect(await send('GET', `${PERMISSIONS}/jobs/${id}`, as)).toMatchObject(
        refusal(403, 'PERMISSION_DENIED', expect.stringContaining(`permissions on job ${id}`)),
      )
      expect((await send('PUT', `${PERMISSIONS}/jobs/${id}`, { ...as, body: {} })).status).toBe(403)
    }
  })

  it('sees permissions with any level, changes them with CAN_MANAGE, and never the owner', async () => {
    const body = { access_control_list: [group('etl', 'CAN_VIEW')] }
    await change('PATCH', servicePrincipal(STRANGER.clientId, 'CAN_VIEW'))
    expect((await send('GET', path, as)).status).toBe(200)
    expect((await send('PATCH', path, { ...as, body })).body.message).toContain(`ElasticJobId(${jobId})`)
    await change('PATCH', servicePrincipal(STRANGER.clientId, 'CAN_MANAGE'))
    expect((await send('PATCH', path, { ...as, body })).status).toBe(200)
    const takeOver = { access_control_list: [servicePrincipal(STRANGER.clientId, 'IS_OWNER')] }
    expect((await send('PUT', path, { ...as, body: takeOver })).status).toBe(403)
    expect(await listHolders()).toContain(owner)
  })

  it('has what its groups have', async () => {
    command(service, 'addMember', { group: 'etl', applicationId: STRANGER.clientId })
    await change('PATCH', group('etl', 'CAN_VIEW'))
    expect((await send('GET', path, as)).status).toBe(200)
  })
})

describe('permissions in the workspace tree', () => {
  let directory: string

  async function getId(at: string): Promise<string> {
    return readWire(await send('GET', `/api/2.0/workspace/get-status?path=${at}`)).object_id
  }

  beforeEach(async () => {
    const above = NOTEBOOK.slice(0, NOTEBOOK.lastIndexOf('/'))
    await send('POST', '/api/2.0/workspace/mkdirs', { body: { path: above } })
    const source = { path: NOTEBOOK, format: 'SOURCE', language: 'SQL', content: 'U0VMRUNUIDE=' }
    await send('POST', '/api/2.0/workspace/import', { body: source })
    directory = `directories/${await getId(above)}`
    path = `${PERMISSIONS}/notebooks/${await getId(NOTEBOOK)}`
  })

  it('come down from directories, admins from the root', async () => {
    const root = `/directories/${await getId('/')}`
    const body = { access_control_list: [group('etl', 'CAN_RUN')] }
    expect((await send('PUT', `${PERMISSIONS}/${directory}`, { body })).body).toMatchObject({
      object_id: `/${directory}`,
      object_type: 'directory',
    })
    await change('PATCH', servicePrincipal(STRANGER.clientId, 'CAN_READ'))
    const { object_type: type, access_control_list: entries } = (await send('GET', path)).body
    expect(type).toBe('notebook')
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          service_principal_name: STRANGER.clientId,
          all_permissions: [{ permission_level: 'CAN_READ', inherited: false }],
        }),
        {
          group_name: 'etl',
          all_permissions: [{ permission_level: 'CAN_RUN', inherited: true, inherited_from_object: [`/${directory}`] }],
        },
        {
          group_name: 'admins',
          all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: [root] }],
        },
      ]),
    )
  })

  it('need no owner, and know none', async () => {
    expect((await change('PUT')).status).toBe(200)
    // Whoever made the two directories above manages what is in them.
    expect(await listHolders()).toEqual([
      `${STEWARD.clientId}: inherited CAN_MANAGE, inherited CAN_MANAGE`,
      inheritedAdmins,
    ])
    expect((await change('PATCH', servicePrincipal(OTHER, 'IS_OWNER'))).status).toBe(400)
  })

  it('let see and change what they say, whether or not an object is there', async () => {
    const as = { as: STRANGER }
    expect((await send('GET', path, as)).body.error_code).toBe('PERMISSION_DENIED')
    expect((await send('GET', `${PERMISSIONS}/notebooks/1`, as)).body.error_code).toBe('PERMISSION_DENIED')
    expect((await send('GET', `${PERMISSIONS}/notebooks/1`)).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST')
    await change('PATCH', servicePrincipal(STRANGER.clientId, 'CAN_EDIT'))
    expect((await send('GET', path, as)).status).toBe(200)
    expect((await send('PUT', path, { ...as, body: {} })).status).toBe(403)
    await change('PATCH', servicePrincipal(STRANGER.clientId, 'CAN_MANAGE'))
    expect((await send('PUT', path, { ...as, body: {} })).status).toBe(200)
  })

  it('have an id of digits', async () => {
    expect((await send('GET', `${PERMISSIONS}/notebooks/abc`)).body.error_code).toBe('INVALID_PARAMETER_VALUE')
  })
})

describe('permission levels', () => {
  it('are those of the kind of object', async () => {
    const { permission_levels: levels } = (await send('GET', `${path}/permissionLevels`)).body
    expect(levels.map((each: { permission_level: string }) => each.permission_level)).toEqual([
      'CAN_VIEW',
      'CAN_MANAGE_RUN',
      'CAN_MANAGE',
      'IS_OWNER',
    ])
    expect((await send('GET', `${path}/permissionLevels`, { as: STRANGER })).status).toBe(403)
  })
})
