import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  denied,
  LONG_ID,
  longNumber,
  missing,
  refusal,
  type ScriptedWorkspace,
  startScriptedWorkspace,
} from './scripted-workspace.ts'

const TOKENS = '/api/2.0/token-management/tokens'
const CREATED = Date.UTC(2026, 0, 1)

const token = {
  token_id: 'token-1',
  creation_time: CREATED,
  expiry_time: CREATED + 86_400_000,
  comment: 'steward:etl',
  created_by_id: 7,
  created_by_username: 'client-1',
  owner_id: longNumber,
  workspace_id: longNumber,
  last_used_day: CREATED + 3_600_000,
  scopes: ['sql'],
  autoscope_state: 'NONE',
}
const read = {
  tokenId: 'token-1',
  comment: 'steward:etl',
  createdAt: new Date(CREATED),
  expiresAt: new Date(CREATED + 86_400_000),
  createdBy: 'client-1',
  lastUsedDay: new Date(CREATED + 3_600_000),
  scopes: ['sql'],
}

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe("everybody's tokens", () => {
  it('are listed', async () => {
    scripted.service.on('GET', TOKENS, { isLost: true }, { body: { token_infos: [token] } })
    expect(await scripted.workspace.listTokens()).toEqual([read])
    expect(scripted.sent()[1]).toBe(`GET ${TOKENS}`)
  })

  it.each([{}, { token_infos: [] }, { token_infos: null }])('are none in %j', async (body) => {
    scripted.service.on('GET', TOKENS, { body })
    expect(await scripted.workspace.listTokens()).toEqual([])
  })

  it('are asked for by creator, and none but his are given', async () => {
    const token_infos = [
      { ...token, created_by_username: 'CLIENT-1' },
      { ...token, token_id: 'token-2', created_by_username: 'somebody else' },
    ]
    scripted.service.on('GET', TOKENS, { body: { token_infos } })
    expect(await scripted.workspace.listTokens('client-1')).toEqual([{ ...read, createdBy: 'CLIENT-1' }])
    expect(scripted.sent()).toEqual([`GET ${TOKENS}?created_by_username=client-1`])
  })

  it('may lack all that they need not have', async () => {
    const bare = { token_id: 'token-1', creation_time: String(CREATED) }
    scripted.service.on('GET', TOKENS, {
      body: {
        token_infos: [
          bare,
          { ...bare, comment: '', expiry_time: -1, last_used_day: 0, scopes: [], created_by_username: '' },
          { ...bare, comment: null, expiry_time: '-1', last_used_day: -1, scopes: null, created_by_username: null },
        ],
      },
    })
    const none = { comment: null, expiresAt: null, createdBy: null, lastUsedDay: null, scopes: null }
    const expected = { tokenId: 'token-1', createdAt: new Date(CREATED), ...none }
    expect(await scripted.workspace.listTokens()).toEqual([expected, expected, expected])
  })

  it('are listed even when there are ten thousand', async () => {
    const token_infos = Array.from({ length: 10_000 }, (_, index) => ({
      ...token,
      token_id: `${index}`.padStart(64, 'a'),
      comment: 'c'.repeat(256),
    }))
    const body = JSON.stringify({ token_infos })
    expect(body.length).toBeGreaterThan(5 * 1024 * 1024)
    scripted.service.on('GET', TOKENS, { body })
    const startedAt = performance.now()
    expect(await scripted.workspace.listTokens()).toHaveLength(10_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it.each([
    [denied, 'upstream-denied'],
    [missing, 'upstream-rejected'],
    [{ body: { token_infos: [token, { ...token, token_id: undefined }] } }, 'upstream-rejected'],
    [{ body: { token_infos: [{ ...token, creation_time: 0 }] } }, 'upstream-rejected'],
    [{ body: { token_infos: [{ ...token, expiry_time: 'soon' }] } }, 'upstream-rejected'],
    [{ body: { token_infos: [{ ...token, expiry_time: 9e15 }] } }, 'upstream-rejected'],
    [{ body: { token_infos: {} } }, 'upstream-rejected'],
  ])('are not listed otherwise (%o)', async (answer, code) => {
    scripted.service.on('GET', TOKENS, answer)
    await expect(scripted.workspace.listTokens()).rejects.toMatchObject({ code })
  })
})

describe('revoking a token', () => {
  it('is done once, even when the answer is lost', async () => {
    scripted.service.on('DELETE', `${TOKENS}/token-1`, { isLost: true }, { body: {} })
    expect(await scripted.workspace.revokeToken('token-1')).toBe('revoked')
  })

  it.each([missing, refusal(400, 'RESOURCE_DOES_NOT_EXIST', 'No valid token with ID token-1 found.')])(
    'finds it gone already (%o)',
    async (answer) => {
      scripted.service.on('DELETE', `${TOKENS}/token-1`, answer)
      expect(await scripted.workspace.revokeToken('token-1')).toBe('already-gone')
    },
  )

  it.each([
    [denied, 'upstream-denied', /revoke a personal access token.*"admins"/s],
    [{ status: 404, body: '<html>no route</html>' }, 'upstream-rejected', /404/],
    [refusal(400, 'INVALID_PARAMETER_VALUE', 'Not an id.'), 'upstream-rejected', /Not an id/],
  ])('fails otherwise (%o)', async (answer, code, message) => {
    scripted.service.on('DELETE', `${TOKENS}/${LONG_ID}`, answer)
    await expect(scripted.workspace.revokeToken(LONG_ID)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})
