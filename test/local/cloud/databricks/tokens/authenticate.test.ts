import { beforeEach, describe, expect, it } from 'vitest'
import { command, issueToken, OTHER_WORKSPACE, STEWARD, STRANGER } from '../../pretend-world.ts'
import { patchOp, SCIM } from '../workspace-client.ts'
import { bearer, createTokenClient, DAY_MS, type TokenClient } from './token-client.ts'

let client: TokenClient

beforeEach(() => {
  client = createTokenClient()
})

const dead = { status: 403, body: { error_code: 403, message: 'Invalid access token.' } }

const principalPath = async (): Promise<string> => {
  const { body } = await client.send('GET', `${SCIM}/ServicePrincipals`)
  const principals: { id: string; applicationId: string }[] = body.Resources
  return `${SCIM}/ServicePrincipals/${principals.find(({ applicationId }) => applicationId === STRANGER.clientId)?.id}`
}

describe('a token as credential', () => {
  it('stands for the principal that owns it', async () => {
    expect(await client.me(client.seed().tokenValue)).toMatchObject({
      status: 200,
      body: { userName: STRANGER.clientId, displayName: 'etl' },
    })
  })

  it("has its owner's rights and no more", async () => {
    const path = '/api/2.0/workspace-conf?keys=enableTokensConfig'
    expect((await client.send('GET', path, bearer(client.seed().tokenValue))).status).toBe(403)
    const { tokenValue } = client.seed({ applicationId: STEWARD.clientId })
    expect((await client.send('GET', path, bearer(tokenValue))).status).toBe(200)
  })

  it('is worth nothing in another workspace', async () => {
    command(client.service, 'seed', {
      workspace: OTHER_WORKSPACE,
      resources: [{ kind: 'ServicePrincipal', applicationId: STRANGER.clientId }],
    })
    expect(await client.me(client.seed().tokenValue, { host: OTHER_WORKSPACE })).toMatchObject(dead)
  })

  it('that nobody knows is refused by the gateway', async () => {
    const answer = await client.me(`dapi${'0'.repeat(32)}-2`)
    expect(answer).toMatchObject(dead)
    expect(answer.headers?.['X-Databricks-Reason-Phrase']).toBe('Invalid access token.')
  })

  it('ends when it expires', async () => {
    const { tokenValue } = client.seed({ lifetimeMs: 60_000 })
    client.world.clock.advance(59_000)
    expect((await client.me(tokenValue)).status).toBe(200)
    client.world.clock.advance(1_000)
    expect(await client.me(tokenValue)).toMatchObject(dead)
    expect(client.describe()).toMatchObject([{ state: 'expired' }])
  })

  it('ends with its principal, and does not return with it', async () => {
    const { tokenValue } = client.seed()
    expect((await client.send('DELETE', await principalPath())).status).toBe(204)
    expect(await client.me(tokenValue)).toMatchObject(dead)
    expect(client.describe()).toMatchObject([{ state: 'revoked' }])
    await client.send('POST', `${SCIM}/ServicePrincipals`, {
      body: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'],
        applicationId: STRANGER.clientId,
        displayName: 'etl',
      },
    })
    expect(await client.me(tokenValue)).toMatchObject(dead)
  })

  it('ends with a principal that a command removes', async () => {
    const { tokenValue } = client.seed()
    command(client.service, 'removePrincipal', { applicationId: STRANGER.clientId })
    expect(await client.me(tokenValue)).toMatchObject(dead)
    expect(client.describe()).toMatchObject([{ state: 'revoked' }])
  })

  it('rests while its principal is not active', async () => {
    const { tokenValue } = client.seed()
    const path = await principalPath()
    const setActive = (value: boolean) =>
      client.send('PATCH', path, { body: patchOp({ op: 'replace', path: 'active', value }) })
    await setActive(false)
    expect(await client.me(tokenValue)).toMatchObject(dead)
    await setActive(true)
    expect((await client.me(tokenValue)).status).toBe(200)
  })

  it('rests while the workspace has tokens switched off', async () => {
    const { tokenValue } = client.seed()
    await client.setConf({ enableTokensConfig: 'false' })
    expect(await client.me(tokenValue)).toMatchObject(dead)
    await client.setConf({ enableTokensConfig: 'true' })
    expect((await client.me(tokenValue)).status).toBe(200)
  })

  it('cannot act towards Azure, whatever headers come with it', async () => {
    const { workspaces } = command<{ workspaces: { resourceId: string }[] }>(client.service, 'inspect')
    const { tokenValue } = client.seed({ applicationId: STEWARD.clientId })
    const answer = await client.send('POST', '/api/2.0/secrets/scopes/create', {
      headers: {
        ...bearer(tokenValue).headers,
        'x-databricks-azure-sp-management-token': issueToken(
          client.world.clock,
          'https://management.core.windows.net/',
        ),
        'x-databricks-azure-workspace-resource-id': workspaces[0]?.resourceId ?? '',
      },
      body: {
        scope: 'kv',
        scope_backend_type: 'AZURE_KEYVAULT',
        backend_azure_keyvault: { resource_id: 'any', dns_name: 'https://kv-one.vault.azure.net/' },
      },
    })
    expect(answer.body.message).toContain('userAADToken')
  })
})

describe('a token that nobody uses', () => {
  it('is revoked after 90 days, and gone from the lists', async () => {
    const { tokenId, tokenValue } = client.seed({ createdAgoMs: 89 * DAY_MS })
    expect((await client.manage('GET')).body.token_infos).toHaveLength(1)
    client.world.clock.advance(DAY_MS)
    expect((await client.manage('GET')).body).toEqual({})
    expect((await client.manage('GET', `/${tokenId}`)).status).toBe(404)
    expect(await client.me(tokenValue)).toMatchObject(dead)
    expect(client.describe()).toMatchObject([{ tokenId, state: 'idle' }])
  })

  it('lives on by a use', async () => {
    const { tokenValue } = client.seed({ createdAgoMs: 89 * DAY_MS })
    expect((await client.me(tokenValue)).status).toBe(200)
    client.world.clock.advance(89 * DAY_MS)
    expect((await client.me(tokenValue)).status).toBe(200)
    client.world.clock.advance(90 * DAY_MS)
    expect((await client.me(tokenValue)).status).toBe(403)
  })

  it('counts from its last use', () => {
    client.seed({ createdAgoMs: 200 * DAY_MS, usedAgoMs: 89 * DAY_MS, comment: 'used' })
    client.seed({ createdAgoMs: 200 * DAY_MS, usedAgoMs: 90 * DAY_MS, comment: 'unused' })
    expect(client.describe()).toMatchObject([
      { comment: 'used', state: 'active' },
      { comment: 'unused', state: 'idle' },
    ])
  })
})
