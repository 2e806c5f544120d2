import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { denied, missing, refusal, type ScriptedWorkspace, startScriptedWorkspace } from './scripted-workspace.ts'

const ACLS = '/api/2.0/secrets/acls'

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('a permission on a secret scope', () => {
  it('is read for one principal, or is not there', async () => {
    scripted.service.on('GET', `${ACLS}/get`, { body: { principal: '', permission: 'MANAGE' } }, missing)
    expect(await scripted.workspace.getSecretAcl('a/b', 'client 1')).toBe('MANAGE')
    expect(await scripted.workspace.getSecretAcl('a/b', 'client 1')).toBeNull()
    expect(scripted.sent()[0]).toBe(`GET ${ACLS}/get?scope=a%2Fb&principal=client%201`)
  })

  it('is not there in the words of other versions, either', async () => {
    scripted.service.on('GET', `${ACLS}/get`, refusal(404, 'NOT_FOUND', 'Secret Scope does not exist'))
    expect(await scripted.workspace.getSecretAcl('etl', 'client-1')).toBeNull()
  })

  it.each([{}, { permission: 'OWN' }, { permission: 1 }])('that reads %j is rejected', async (body) => {
    scripted.service.on('GET', `${ACLS}/get`, { body })
    await expect(scripted.workspace.getSecretAcl('etl', 'client-1')).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })

  it("is listed with everybody else's, under either name, or there are none", async () => {
    const acl = { principal: 'client-1', permission: 'READ' }
    scripted.service.on(
      'GET',
      `${ACLS}/list`,
      { body: { items: [acl] } },
      { body: { acls: [acl] } },
      { body: {} },
      missing,
    )
    const list = () => scripted.workspace.listSecretAcls('a/b')
    expect([await list(), await list(), await list(), await list()]).toEqual([[acl], [acl], [], []])
    expect(scripted.sent()[0]).toBe(`GET ${ACLS}/list?scope=a%2Fb`)
  })

  it('is put, again after a lost answer', async () => {
    scripted.service.on('POST', `${ACLS}/put`, { isLost: true }, { body: {} })
    expect(await scripted.workspace.putSecretAcl('etl', 'client-1', 'READ')).toBe('put')
    const request = [`POST ${ACLS}/put`, { scope: 'etl', principal: 'client-1', permission: 'READ' }]
    expect(scripted.sent()).toEqual([request, request])
  })

  it.each([
    refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'User or Group client-1 does not exist.'),
    refusal(400, 'INVALID_PARAMETER_VALUE', 'Principal: ServicePrincipalName(client-1) could not be found'),
    refusal(400, 'BAD_REQUEST', "Cannot find the principal: it doesn't exist"),
    refusal(400, 'BAD_REQUEST', 'CLIENT-1 was not found'),
  ])('waits for a principal that is not known yet (%o)', async (answer) => {
    scripted.service.on('POST', `${ACLS}/put`, answer)
    expect(await scripted.workspace.putSecretAcl('etl', 'client-1', 'READ')).toBe('principal-not-there')
  })

  it.each([
    refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope etl does not exist!'),
    refusal(400, 'INVALID_PARAMETER_VALUE', 'The permission of client-1 is not one of READ, WRITE, MANAGE'),
    refusal(400, 'BAD_REQUEST', 'Internal error happened'),
  ])('is rejected for other reasons (%o)', async (answer) => {
    scripted.service.on('POST', `${ACLS}/put`, answer)
    await expect(scripted.workspace.putSecretAcl('etl', 'client-1', 'READ')).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
  })

  it('that nobody may give says so', async () => {
    scripted.service.on('POST', `${ACLS}/put`, denied)
    await expect(scripted.workspace.putSecretAcl('etl', 'client-1', 'READ')).rejects.toMatchObject({
      code: 'upstream-denied',
      data: expect.objectContaining({ action: 'change the permissions on a secret scope' }),
    })
  })

  it('is taken away, and may be gone', async () => {
    scripted.service.on('POST', `${ACLS}/delete`, { body: {} }, missing, denied)
    await scripted.workspace.deleteSecretAcl('etl', 'client-1')
    await scripted.workspace.deleteSecretAcl('etl', 'client-1')
    await expect(scripted.workspace.deleteSecretAcl('etl', 'client-1')).rejects.toMatchObject({
      code: 'upstream-denied',
    })
    expect(scripted.sent()[0]).toEqual([`POST ${ACLS}/delete`, { scope: 'etl', principal: 'client-1' }])
  })
})
