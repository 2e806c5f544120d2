import { beforeEach, describe, expect, it } from 'vitest'
import { command, OTHER_WORKSPACE, STEWARD, STRANGER } from '../../pretend-world.ts'
import { refusal } from '../secrets/secret-client.ts'
import { asStranger, createTokenClient, PERMISSIONS, type TokenClient, usesTokens } from './token-client.ts'

const OTHER = '88888888-8888-8888-8888-888888888888'

let client: TokenClient

beforeEach(() => {
  client = createTokenClient()
  command(client.service, 'seed', { resources: [{ kind: 'ServicePrincipal', applicationId: OTHER }] })
})

const admins = { group_name: 'admins', permission_level: 'CAN_MANAGE' }

const set = (...entries: object[]) => client.send('PUT', PERMISSIONS, { body: { access_control_list: entries } })

const listHolders = async (): Promise<readonly string[]> => {
  interface Entry {
    readonly group_name?: string
    readonly service_principal_name?: string
    readonly all_permissions: readonly { readonly permission_level: string }[]
  }
  const entries: readonly Entry[] = (await client.send('GET', PERMISSIONS)).body.access_control_list
  return entries.map(
    (entry) => `${entry.group_name ?? entry.service_principal_name}: ${entry.all_permissions[0]?.permission_level}`,
  )
}

describe('permissions on tokens', () => {
  it('do not exist before the first token of the workspace', async () => {
    const missing = refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'tokens tokens does not exist')
    expect(await client.send('GET', PERMISSIONS)).toMatchObject(missing)
    expect(await client.grant(usesTokens(STRANGER.clientId))).toMatchObject(missing)
    expect(await set(admins)).toMatchObject(missing)
    const { token_id: tokenId } = (await client.create({ lifetime_seconds: 60 })).body.token_info
    await client.remove(tokenId)
    expect((await client.grant(usesTokens(STRANGER.clientId))).status).toBe(200)
    expect(await client.send('GET', PERMISSIONS, { host: OTHER_WORKSPACE })).toMatchObject(missing)
  })

  it('exist from the start where a command says so', async () => {
    command(client.service, 'tokenPermissions', { bornWithFirstToken: false })
    expect(await client.send('GET', PERMISSIONS)).toEqual({
      status: 200,
      body: {
        object_id: '/authorization/tokens',
        object_type: 'tokens',
        access_control_list: [
          { group_name: 'admins', all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }] },
        ],
      },
    })
    expect((await client.send('GET', PERMISSIONS, { host: OTHER_WORKSPACE })).status).toBe(404)
  })

  it('are given to a group where a command says so', async () => {
    command(client.service, 'letUseTokens', { group: 'users' })
    expect((await client.create({ lifetime_seconds: 60 }, asStranger)).status).toBe(200)
    expect(await listHolders()).toEqual(['admins: CAN_MANAGE', 'users: CAN_USE'])
  })

  it('are for admins to see and to change', async () => {
    client.seed()
    for (const method of ['GET', 'PUT', 'PATCH']) {
      const body = method === 'GET' ? {} : { body: { access_control_list: [admins] } }
      expect(await client.send(method, PERMISSIONS, { ...asStranger, ...body })).toMatchObject({
        status: 403,
        body: { error_code: 'PERMISSION_DENIED' },
      })
    }
  })

  it('are added by PATCH', async () => {
    client.seed()
    await client.grant(usesTokens(STRANGER.clientId))
    const { body } = await client.grant(usesTokens(OTHER))
    expect(body.object_id).toBe('/authorization/tokens')
    expect(await listHolders()).toEqual(['admins: CAN_MANAGE', `${STRANGER.clientId}: CAN_USE`, `${OTHER}: CAN_USE`])
  })

  it.each([
    ['more than use for anybody but the admins', { ...usesTokens(OTHER), permission_level: 'CAN_MANAGE' }, 400],
    ['less than management for the admins', { ...admins, permission_level: 'CAN_USE' }, 400],
    ['a level of something else', { ...usesTokens(OTHER), permission_level: 'CAN_VIEW' }, 400],
    ['somebody who is not in the workspace', usesTokens('99999999-9999-9999-9999-999999999999'), 404],
  ])('do not take %s', async (_, entry, status) => {
    client.seed()
    expect((await client.grant(entry)).status).toBe(status)
    expect(await listHolders()).toEqual(['admins: CAN_MANAGE'])
  })

  it('have one level to give', async () => {
    client.seed()
    const { body } = await client.send('GET', `${PERMISSIONS}/permissionLevels`)
    const levels = body.permission_levels.map((each: { permission_level: string }) => each.permission_level)
    expect(levels).toEqual(['CAN_USE'])
  })

  it('are known of tokens, not of passwords', async () => {
    expect((await client.send('GET', '/api/2.0/permissions/authorization/passwords')).status).toBe(501)
  })
})

describe('replacing the permissions on tokens', () => {
  it('needs the admins', async () => {
    const { tokenValue } = client.seed()
    await client.grant(usesTokens(STRANGER.clientId))
    expect(await set(usesTokens(OTHER))).toMatchObject(
      refusal(400, 'INVALID_PARAMETER_VALUE', "Cannot change permissions for group 'admins' to None."),
    )
    expect(await listHolders()).toContain(`${STRANGER.clientId}: CAN_USE`)
    expect((await client.me(tokenValue)).status).toBe(200)
  })

  it('takes the rest away, and with the permission the tokens', async () => {
    const lost = client.seed()
    const kept = client.seed({ applicationId: OTHER })
    const own = client.seed({ applicationId: STEWARD.clientId })
    await client.grant(usesTokens(STRANGER.clientId))
    await client.grant(usesTokens(OTHER))
    expect((await set(admins, usesTokens(OTHER))).status).toBe(200)
    expect(await listHolders()).toEqual(['admins: CAN_MANAGE', `${OTHER}: CAN_USE`])
    const statuses = [lost, kept, own].map(async ({ tokenValue }) => (await client.me(tokenValue)).status)
    expect(await Promise.all(statuses)).toEqual([403, 200, 200])
    await client.grant(usesTokens(STRANGER.clientId))
    expect((await client.me(lost.tokenValue)).status).toBe(403)
  })

  it('spares whoever keeps the permission through a group', async () => {
    const { tokenValue } = client.seed()
    await client.grant(usesTokens(STRANGER.clientId))
    await set(admins, { group_name: 'users', permission_level: 'CAN_USE' })
    expect((await client.me(tokenValue)).status).toBe(200)
    await set(admins)
    expect((await client.me(tokenValue)).status).toBe(403)
  })
})
