import { beforeEach, describe, expect, it } from 'vitest'
import { command, OTHER_WORKSPACE, STEWARD, STRANGER } from '../../pretend-world.ts'
import { createTokenClient, DAY_MS, type TokenClient } from './token-client.ts'

let client: TokenClient

beforeEach(() => {
  client = createTokenClient()
})

describe('commands about tokens', () => {
  it('describe every token with its state, and no value', async () => {
    const { tokenId, tokenValue } = client.seed({ comment: 'etl', createdAgoMs: DAY_MS, usedAgoMs: 1000 })
    client.seed({ lifetimeMs: 60_000, createdAgoMs: 60_000 })
    const { token_id: own } = (await client.create()).body.token_info
    await client.remove(own)
    const described = client.describe()
    expect(described.map(({ state }) => state)).toEqual(['active', 'expired', 'revoked'])
    const now = client.world.clock.now()
    expect(described[0]).toMatchObject({ tokenId, applicationId: STRANGER.clientId, comment: 'etl', revokedAt: null })
    const { createdAt, lastUsedAt } = described[0] as unknown as { createdAt: number; lastUsedAt: number }
    expect([now - createdAt, now - lastUsedAt].map((age) => Math.round(age / 1000))).toEqual([86_400, 1])
    expect(JSON.stringify(described)).not.toContain(tokenValue)
    const { tokens } = command<{ tokens: unknown[] }>(client.service, 'tokens', { applicationId: STEWARD.clientId })
    expect(tokens).toHaveLength(1)
    expect(command(client.service, 'tokens', { workspace: OTHER_WORKSPACE })).toEqual({ tokens: [] })
  })

  it('count active tokens by comment', () => {
    for (const comment of ['a', 'a', 'b']) client.seed({ comment })
    client.seed()
    client.seed({ comment: 'a', createdAgoMs: 90 * DAY_MS })
    expect(command(client.service, 'countTokens')).toEqual({ active: 4, byComment: { a: 2, b: 1, '': 1 } })
  })

  it('give every credential away to those who search for leaks, and only there', async () => {
    const { tokenValue, tokenId } = client.seed()
    await client.manage('DELETE', `/${tokenId}`)
    expect(command(client.service, 'credentialValues')).toEqual({ values: [tokenValue] })
    expect(JSON.stringify(command(client.service, 'inspect'))).not.toContain(tokenValue)
  })

  it('start anew with the workspace', () => {
    client.seed()
    command(client.service, 'reset')
    expect(client.describe()).toEqual([])
  })
})
