import { beforeEach, describe, expect, it } from 'vitest'
import { command, issueToken, OTHER_WORKSPACE, STRANGER } from '../../pretend-world.ts'
import { refusal } from '../secrets/secret-client.ts'
import { asStranger, bearer, createTokenClient, DAY_MS, type TokenClient, usesTokens } from './token-client.ts'

let client: TokenClient

beforeEach(() => {
  client = createTokenClient()
})

const notPermitted = refusal(403, 'PERMISSION_DENIED', 'User does not have permission to use tokens.')

describe('creating a token', () => {
  it('gives its value once, and an id that is not it', async () => {
    const { status, body } = await client.create({ comment: 'mine', lifetime_seconds: 60, scopes: ['sql'] })
    expect(status).toBe(200)
    expect(body.token_value).toMatch(/^dapi[0-9a-f]{32}-2$/)
    const { creation_time: createdAt } = body.token_info
    expect(body.token_info).toEqual({
      token_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      creation_time: expect.any(Number),
      expiry_time: createdAt + 60_000,
      comment: 'mine',
      scopes: ['sql'],
    })
    expect((await client.list()).body).toEqual({ token_infos: [body.token_info] })
  })

  it('adds another one each time', async () => {
    await client.create({ comment: 'same' })
    await client.create({ comment: 'same' })
    expect((await client.list()).body.token_infos).toHaveLength(2)
  })

  it('lasts two years unless told otherwise', async () => {
    const { token_info: info } = (await client.create()).body
    expect(info.expiry_time - info.creation_time).toBe(730 * DAY_MS)
    expect(info).not.toHaveProperty('comment')
    expect(info).not.toHaveProperty('scopes')
  })

  it.each([0, -1])('refuses a lifetime of %d seconds', async (seconds) => {
    expect(await client.create({ lifetime_seconds: seconds })).toMatchObject(
      refusal(400, 'INVALID_PARAMETER_VALUE', expect.stringContaining('Invalid timeout')),
    )
  })

  it.each([
    ['30', 30],
    ['0', 730],
    [null, 730],
  ])('refuses more than the maximum %s of the workspace, and shortens nothing', async (maximum, days) => {
    if (maximum !== null) await client.setConf({ maxTokenLifetimeDays: maximum })
    const longest = days * 86_400
    expect((await client.create({ lifetime_seconds: longest })).status).toBe(200)
    expect(await client.create({ lifetime_seconds: longest + 1 })).toMatchObject(
      refusal(400, 'INVALID_PARAMETER_VALUE', expect.stringContaining(`maximum of ${days} days`)),
    )
    const { token_info: info } = (await client.create()).body
    expect(info.expiry_time - info.creation_time).toBe(days * DAY_MS)
  })

  it('refuses a comment that is too long, and fields that it does not know', async () => {
    expect((await client.create({ comment: 'x'.repeat(255) })).status).toBe(200)
    expect(await client.create({ comment: 'x'.repeat(256) })).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    })
    expect(await client.create({ lifetime: 60 })).toMatchObject({
      status: 400,
      body: { error_code: 'MALFORMED_REQUEST' },
    })
  })

  it('ends at the quota of active tokens', async () => {
    command(client.service, 'tokenQuota', { quota: 2 })
    const { token_info: first } = (await client.create()).body
    await client.create({ lifetime_seconds: 60 })
    const exceeded = { status: 400, body: { error_code: 'QUOTA_EXCEEDED' } }
    expect(await client.create()).toMatchObject(exceeded)
    await client.remove(first.token_id)
    expect((await client.create()).status).toBe(200)
    expect(await client.create()).toMatchObject(exceeded)
    client.world.clock.advance(60_000)
    expect((await client.create()).status).toBe(200)
  })

  it('is 600 times possible for each', async () => {
    for (let index = 0; index < 600; index += 1) client.seed()
    client.seed()
    await client.grant(usesTokens(STRANGER.clientId))
    expect(await client.create({}, asStranger)).toMatchObject({ body: { error_code: 'QUOTA_EXCEEDED' } })
    expect((await client.create()).status).toBe(200)
  })

  it('works with a token, which so can replace itself', async () => {
    const { token_value: old, token_info: info } = (await client.create()).body
    const { token_value: next } = (await client.create({}, bearer(old))).body
    expect(await client.remove(info.token_id, bearer(next))).toMatchObject({ status: 200, body: {} })
    expect((await client.me(old)).status).toBe(403)
    expect((await client.me(next)).status).toBe(200)
  })
})

describe('the list of tokens', () => {
  it("has no key when there are none, and nobody else's", async () => {
    client.seed()
    expect(await client.list()).toMatchObject({ status: 200, body: {} })
    expect((await client.list()).body).not.toHaveProperty('token_infos')
  })

  it('loses a token that expired', async () => {
    await client.create({ lifetime_seconds: 60 })
    client.world.clock.advance(59_000)
    expect((await client.list()).body.token_infos).toHaveLength(1)
    client.world.clock.advance(1_000)
    expect((await client.list()).body).toEqual({})
  })

  it('shows one that never expires with -1', async () => {
    client.seed({ lifetimeMs: null })
    await client.grant(usesTokens(STRANGER.clientId))
    expect((await client.list(asStranger)).body.token_infos).toMatchObject([{ expiry_time: -1 }])
  })
})

describe('deleting a token', () => {
  it.each(['never was', 'is gone', 'is of somebody else'])('finds none that %s', async (which) => {
    const { tokenId: foreign } = client.seed()
    const { token_id: own } = (await client.create()).body.token_info
    expect((await client.remove(own)).status).toBe(200)
    const tokenId = { 'never was': 'f'.repeat(64), 'is gone': own, 'is of somebody else': foreign }[which] ?? ''
    expect(await client.remove(tokenId)).toMatchObject(
      refusal(404, 'RESOURCE_DOES_NOT_EXIST', `No valid token with ID ${tokenId} found.`),
    )
    expect(client.describe().filter(({ state }) => state === 'active')).toHaveLength(1)
  })
})

describe('the permission to use tokens', () => {
  it('is for admins and those who were given it', async () => {
    expect(await client.create({}, asStranger)).toMatchObject(notPermitted)
    expect(await client.list(asStranger)).toMatchObject(notPermitted)
    await client.create()
    await client.grant(usesTokens(STRANGER.clientId))
    expect((await client.create({}, asStranger)).status).toBe(200)
    expect((await client.list(asStranger)).body.token_infos).toHaveLength(1)
  })

  it("is a Contributor's of the Azure resource, who is an admin with both headers", async () => {
    const { workspaces } = command<{ workspaces: { resourceId: string }[] }>(client.service, 'inspect')
    command(client.service, 'setContributor', { oid: STRANGER.objectId, contributor: true })
    const headers = {
      'x-databricks-azure-sp-management-token': issueToken(
        client.world.clock,
        'https://management.core.windows.net/',
        STRANGER,
      ),
      'x-databricks-azure-workspace-resource-id': workspaces[0]?.resourceId ?? '',
    }
    expect((await client.create({}, asStranger)).status).toBe(403)
    expect((await client.create({}, { ...asStranger, headers })).status).toBe(200)
    command(client.service, 'removePrincipal', { applicationId: STRANGER.clientId })
    expect(await client.create({}, { ...asStranger, headers })).toMatchObject(notPermitted)
  })

  it.each(['etl', 'users'])('comes through the group %s, too', async (group) => {
    await client.create()
    command(client.service, 'addMember', { group: 'etl', applicationId: STRANGER.clientId })
    expect((await client.create({}, asStranger)).status).toBe(403)
    expect((await client.grant({ group_name: group, permission_level: 'CAN_USE' })).status).toBe(200)
    expect((await client.create({}, asStranger)).status).toBe(200)
  })

  it('is worth nothing while the workspace has tokens switched off', async () => {
    await client.setConf({ enableTokensConfig: 'false' })
    const off = refusal(403, 'PERMISSION_DENIED', 'Personal access tokens are disabled for this workspace.')
    expect(await client.create()).toMatchObject(off)
    expect(await client.list()).toMatchObject(off)
    await client.setConf({ enableTokensConfig: 'true' })
    expect((await client.create()).status).toBe(200)
  })

  it('holds in its own workspace', async () => {
    await client.create()
    expect((await client.list({ host: OTHER_WORKSPACE })).body).toEqual({})
  })
})
