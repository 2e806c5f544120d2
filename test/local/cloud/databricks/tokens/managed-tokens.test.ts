import { beforeEach, describe, expect, it } from 'vitest'
import { STEWARD, STRANGER } from '../../pretend-world.ts'
import { refusal } from '../secrets/secret-client.ts'
import { readWire } from '../wire.ts'
import { SCIM } from '../workspace-client.ts'
import { asStranger, createTokenClient, DAY_MS, type TokenClient } from './token-client.ts'

let client: TokenClient

beforeEach(() => {
  client = createTokenClient()
})

const list = async (query = '') => readWire(await client.manage('GET', query)).token_infos

describe("managing everybody's tokens", () => {
  it('is for admins', async () => {
    const { tokenId } = client.seed()
    for (const [method, path] of [
      ['GET', ''],
      ['GET', `/${tokenId}`],
      ['DELETE', `/${tokenId}`],
    ] as const) {
      expect(await client.manage(method, path, asStranger)).toMatchObject({
        status: 403,
        body: { error_code: 'PERMISSION_DENIED' },
      })
    }
    expect(client.describe()).toMatchObject([{ state: 'active' }])
  })

  it('shows whose a token is, and nothing of its value', async () => {
    const { tokenId, tokenValue } = client.seed({ comment: 'etl', scopes: ['sql'], createdAgoMs: 1000 })
    const [{ id }] = (await client.send('GET', `${SCIM}/ServicePrincipals?filter=displayName%20eq%20%22etl%22`)).body
      .Resources
    const answer = await client.manage('GET', `/${tokenId}`)
    const shown = readWire(answer).token_info
    expect(shown).toEqual({
      token_id: tokenId,
      creation_time: expect.any(Number),
      expiry_time: expect.any(Number),
      comment: 'etl',
      scopes: ['sql'],
      created_by_id: id,
      created_by_username: STRANGER.clientId,
      owner_id: id,
      workspace_id: 1234567890123456,
    })
    expect(await list()).toEqual([shown])
    expect(JSON.stringify(answer.body)).not.toContain(tokenValue)
    expect(JSON.stringify(answer.body)).toContain(`"owner_id":${id}`)
  })

  it('tells the day of the last use, and none of a token that nobody used', async () => {
    const { tokenValue } = client.seed()
    expect((await list())[0]).not.toHaveProperty('last_used_day')
    await client.me(tokenValue)
    const now = client.world.clock.now()
    expect((await list())[0].last_used_day).toBe(now - (now % DAY_MS))
  })

  it('finds tokens by who created them', async () => {
    client.seed({ comment: 'theirs' })
    client.seed({ comment: 'own', applicationId: STEWARD.clientId })
    const comments = async (query: string) => (await list(query))?.map(({ comment }: { comment: string }) => comment)
    expect(await comments('')).toEqual(['theirs', 'own'])
    expect(await comments(`?created_by_username=${STRANGER.clientId.toUpperCase()}`)).toEqual(['theirs'])
    const [{ created_by_id: id }] = await list(`?created_by_username=${STRANGER.clientId}`)
    expect(await comments(`?created_by_id=${id}`)).toEqual(['theirs'])
    expect(await comments(`?created_by_id=${id}&created_by_username=${STEWARD.clientId}`)).toBeUndefined()
    expect((await client.manage('GET', '?created_by_id=etl')).status).toBe(400)
    expect((await client.manage('GET', '?page_token=1')).status).toBe(400)
  })

  it('revokes a token, once', async () => {
    const { tokenId, tokenValue } = client.seed()
    expect(await client.manage('DELETE', `/${tokenId}`)).toMatchObject({ status: 200, body: {} })
    const gone = refusal(404, 'RESOURCE_DOES_NOT_EXIST', expect.stringContaining(tokenId))
    expect(await client.manage('DELETE', `/${tokenId}`)).toMatchObject(gone)
    expect(await client.manage('GET', `/${tokenId}`)).toMatchObject(gone)
    expect((await client.me(tokenValue)).status).toBe(403)
  })

  it('goes on while the workspace has tokens switched off', async () => {
    client.seed()
    await client.setConf({ enableTokensConfig: 'false' })
    expect(await list()).toHaveLength(1)
  })

  it('does not create tokens for others', async () => {
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    const answer = await client.send('POST', path, { body: { application_id: STRANGER.clientId } })
    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'On-behalf-of token creation for service principals is not enabled for this workspace' },
    })
    expect(client.describe()).toEqual([])
  })
})
