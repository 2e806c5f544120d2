import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { denied, missing, refusal, type ScriptedWorkspace, startScriptedWorkspace } from './scripted-workspace.ts'

const TOKENS = '/api/2.0/permissions/authorization/tokens'

const answer = {
  body: {
    object_id: '/authorization/tokens',
    object_type: 'tokens',
    access_control_list: [
      { service_principal_name: 'client-1', all_permissions: [{ permission_level: 'CAN_USE', inherited: false }] },
      { group_name: 'admins', all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }] },
    ],
  },
}
const grants = [
  { principal: { kind: 'service-principal', name: 'client-1' }, level: 'CAN_USE', isInherited: false },
  { principal: { kind: 'group', name: 'admins' }, level: 'CAN_MANAGE', isInherited: false },
]
const withoutTokens = refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'tokens tokens does not exist')

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('who may use tokens', () => {
  it('is read', async () => {
    scripted.service.on('GET', TOKENS, answer)
    expect(await scripted.workspace.getTokenPermissions()).toEqual(grants)
  })

  it('is null where no token was ever made', async () => {
    scripted.service.on('GET', TOKENS, withoutTokens)
    expect(await scripted.workspace.getTokenPermissions()).toBeNull()
  })

  it.each([
    [denied, 'upstream-denied'],
    [missing, 'upstream-rejected'],
    [{ status: 404, body: 'no route for tokens' }, 'upstream-rejected'],
    [refusal(400, 'FEATURE_DISABLED', 'Not in this plan.'), 'upstream-rejected'],
    [{ body: { access_control_list: [{ display_name: 'who?' }] } }, 'upstream-rejected'],
  ])('is not known from %o', async (refused, code) => {
    scripted.service.on('GET', TOKENS, refused)
    await expect(scripted.workspace.getTokenPermissions()).rejects.toMatchObject({ code })
  })

  it('is added to, never replaced, again after a lost answer', async () => {
    scripted.service.on('PATCH', TOKENS, { isLost: true }, answer)
    expect(await scripted.workspace.addTokenPermission('client-1')).toEqual(grants)
    const request = [
      `PATCH ${TOKENS}`,
      { access_control_list: [{ service_principal_name: 'client-1', permission_level: 'CAN_USE' }] },
    ]
    expect(scripted.sent()).toEqual([request, request])
  })

  it('cannot be added to where no token was ever made', async () => {
    scripted.service.on('PATCH', TOKENS, withoutTokens)
    expect(await scripted.workspace.addTokenPermission('client-1')).toBe('tokens-not-there')
  })

  it.each([
    refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Principal: ServicePrincipalName(client-1) does not exist'),
    refusal(400, 'INVALID_PARAMETER_VALUE', 'Service principal CLIENT-1 cannot be found; tokens are unchanged'),
  ])('cannot be added to for a principal that is not known yet (%o)', async (refused) => {
    scripted.service.on('PATCH', TOKENS, refused)
    expect(await scripted.workspace.addTokenPermission('client-1')).toBe('principal-not-there')
  })

  it.each([
    [denied, 'upstream-denied'],
    [missing, 'upstream-rejected'],
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'No such level.'), 'upstream-rejected'],
  ])('is not changed otherwise (%o)', async (refused, code) => {
    scripted.service.on('PATCH', TOKENS, refused)
    await expect(scripted.workspace.addTokenPermission('client-1')).rejects.toMatchObject({ code })
  })
})
