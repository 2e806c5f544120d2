import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DirectGrant } from '../../../src/clients/databricks/client.ts'
import {
  denied,
  LONG_ID,
  missing,
  refusal,
  type ScriptedWorkspace,
  startScriptedWorkspace,
} from './scripted-workspace.ts'

const JOB = `/api/2.0/permissions/jobs/${LONG_ID}`

const answer = {
  body: {
    object_id: `/jobs/${LONG_ID}`,
    object_type: 'job',
    access_control_list: [
      {
        service_principal_name: 'client-1',
        display_name: 'etl',
        all_permissions: [{ permission_level: 'IS_OWNER', inherited: false }],
      },
      {
        group_name: 'admins',
        all_permissions: [
          { permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: ['/jobs/'] },
          { permission_level: 'CAN_VIEW' },
        ],
      },
      { user_name: 'ann@example.com', all_permissions: [{ permission_level: 'CAN_VIEW', inherited: false }] },
    ],
  },
}

const owner = { principal: { kind: 'service-principal', name: 'client-1' }, level: 'IS_OWNER' } as const
const viewer = { principal: { kind: 'user', name: 'ann@example.com' }, level: 'CAN_VIEW' } as const
const managers = { principal: { kind: 'group', name: 'etl-leads' }, level: 'CAN_MANAGE' } as const

const grants = [
  { ...owner, isInherited: false },
  { principal: { kind: 'group', name: 'admins' }, level: 'CAN_MANAGE', isInherited: true },
  { principal: { kind: 'group', name: 'admins' }, level: 'CAN_VIEW', isInherited: false },
  { ...viewer, isInherited: false },
]

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('permissions on an object', () => {
  it('are read, each grant by itself', async () => {
    scripted.service.on('GET', JOB, answer)
    expect(await scripted.workspace.getPermissions('jobs', LONG_ID)).toEqual(grants)
    expect(scripted.sent()).toEqual([`GET ${JOB}`])
  })

  it('are none when nobody has any', async () => {
    scripted.service.on('GET', '/api/2.0/permissions/notebooks/7', { body: { object_id: '/notebooks/7' } })
    expect(await scripted.workspace.getPermissions('notebooks', '7')).toEqual([])
  })

  it.each([missing, refusal(400, 'INVALID_PARAMETER_VALUE', `Job ${LONG_ID} does not exist.`)])(
    'are null when the object is not there (%o)',
    async (refused) => {
      scripted.service.on('GET', JOB, refused)
      expect(await scripted.workspace.getPermissions('jobs', LONG_ID)).toBeNull()
    },
  )

  it.each([
    { access_control_list: [{ display_name: 'who?', all_permissions: [{ permission_level: 'CAN_VIEW' }] }] },
    { access_control_list: [{ user_name: 'ann', all_permissions: [{}] }] },
    { access_control_list: {} },
  ])('are rejected when they read %j, lest a grant be lost', async (body) => {
    scripted.service.on('GET', JOB, { body })
    scripted.service.on('PUT', JOB, { body })
    await expect(scripted.workspace.getPermissions('jobs', LONG_ID)).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
    await expect(scripted.workspace.setPermissions('jobs', LONG_ID, [owner])).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })

  it.each([
    ['PUT', 'setPermissions'],
    ['PATCH', 'addPermissions'],
  ] as const)('are changed by %s, again after a lost answer', async (method, change) => {
    scripted.service.on(method, JOB, { isLost: true }, answer)
    const wish: DirectGrant[] = [owner, managers, viewer]
    expect(await scripted.workspace[change]('jobs', LONG_ID, wish)).toEqual(grants)
    expect(scripted.sent()[1]).toEqual([
      `${method} ${JOB}`,
      {
        access_control_list: [
          { service_principal_name: 'client-1', permission_level: 'IS_OWNER' },
          { group_name: 'etl-leads', permission_level: 'CAN_MANAGE' },
          { user_name: 'ann@example.com', permission_level: 'CAN_VIEW' },
        ],
      },
    ])
  })

  it.each([
    refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Principal: ServicePrincipalName(client-1) does not exist'),
    refusal(400, 'INVALID_PARAMETER_VALUE', 'Service principal CLIENT-1 does not exist in the workspace'),
  ])('wait for a principal that is not known yet (%o)', async (refused) => {
    scripted.service.on('PUT', JOB, refused)
    scripted.service.on('PATCH', JOB, refused)
    expect(await scripted.workspace.setPermissions('jobs', LONG_ID, [owner])).toBe('principal-not-there')
    expect(await scripted.workspace.addPermissions('jobs', LONG_ID, [owner])).toBe('principal-not-there')
  })

  it.each([
    [missing, 'upstream-rejected'],
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'The job must have exactly one owner.'), 'upstream-rejected'],
    [denied, 'upstream-denied'],
  ])('are not changed otherwise (%o)', async (refused, code) => {
    scripted.service.on('PUT', JOB, refused)
    await expect(scripted.workspace.setPermissions('jobs', LONG_ID, [owner])).rejects.toMatchObject({ code })
  })
})
