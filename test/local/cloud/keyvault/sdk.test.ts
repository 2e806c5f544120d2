import { type KeyVaultSecret, SecretClient } from '@azure/keyvault-secrets'
import { beforeEach, describe, expect, it } from 'vitest'
import { createKeyVaultService } from '../../../../local/cloud/keyvault/service.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import type { World } from '../../../../local/cloud/world.ts'
import { command, createPretendWorld, issueToken, STEWARD, VAULT } from '../pretend-world.ts'
import { createHttpClient } from './http-client.ts'

let world: World
let service: CloudService
let client: SecretClient

beforeEach(() => {
  world = createPretendWorld()
  service = createKeyVaultService(world)
  client = createClient()
})

/** A client of its own, so also with a token that is fresh by the pretend clock. */
function createClient(): SecretClient {
  const credential: ConstructorParameters<typeof SecretClient>[1] = {
    getToken: async (scopes) => ({
      token: issueToken(world.clock, String(scopes).replace(/\/\.default$/, '')),
      expiresOnTimestamp: world.clock.now() + 3_600_000,
    }),
  }
  const options = { httpClient: createHttpClient(service), retryOptions: { maxRetries: 0 } }
  return new SecretClient(`https://${VAULT}`, credential, options)
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

describe('the Key Vault SDK against the local vault', () => {
  it('gets through the challenge and reads back what it set', async () => {
    const expiresOn = new Date('2030-01-01T00:00:00Z')
    const set = await client.setSecret('token', 'canary', {
      tags: { owner: 'etl' },
      contentType: 'text/plain',
      expiresOn,
    })
    const read = await client.getSecret('token')
    expect(read.value).toBe('canary')
    expect(read.properties).toMatchObject({
      tags: { owner: 'etl' },
      contentType: 'text/plain',
      expiresOn,
      enabled: true,
    })
    expect(read.properties.version).toBe(set.properties.version)
    expect(read.properties.version).toMatch(/^[0-9a-f]{32}$/)
  })

  it('keeps every version and reads old ones', async () => {
    const first = await client.setSecret('token', 'one')
    await client.setSecret('token', 'two')
    const version = first.properties.version ?? ''
    expect((await client.getSecret('token')).value).toBe('two')
    expect((await client.getSecret('token', { version })).value).toBe('one')
    expect(await collect(client.listPropertiesOfSecretVersions('token'))).toHaveLength(2)
  })

  it('replaces the tags of one version and disables it', async () => {
    const { properties } = await client.setSecret('token', 'one', { tags: { a: '1' } })
    const version = properties.version ?? ''
    await client.updateSecretProperties('token', version, { enabled: false, tags: { b: '2' } })
    const [listed] = await collect(client.listPropertiesOfSecrets())
    expect(listed).toMatchObject({ name: 'token', enabled: false, tags: { b: '2' } })
    await expect(client.getSecret('token')).rejects.toMatchObject({
      statusCode: 403,
      code: 'Forbidden',
      details: { error: { innerError: { code: 'SecretDisabled' } } },
    })
  })

  it('pages through more than 25 secrets', async () => {
    for (let index = 0; index < 60; index += 1) await client.setSecret(`secret-${index}`, 'x')
    const pages: number[] = []
    for await (const page of client.listPropertiesOfSecrets().byPage()) pages.push(page.length)
    expect(pages).toEqual([25, 25, 10])
    expect(new Set((await collect(client.listPropertiesOfSecrets())).map(({ name }) => name)).size).toBe(60)
  })

  it('refuses to set a deleted name until it is recovered or purged', async () => {
    await client.setSecret('token', 'one')
    await client.beginDeleteSecret('token')
    await expect(client.setSecret('token', 'two')).rejects.toMatchObject({
      statusCode: 409,
      code: 'Conflict',
      details: { error: { innerError: { code: 'ObjectIsDeletedButRecoverable' } } },
    })
    const poller = await client.beginRecoverDeletedSecret('token', { intervalInMs: 1 })
    await poller.pollUntilDone()
    expect((await client.getSecret('token')).value).toBe('one')
    await client.beginDeleteSecret('token')
    await client.purgeDeletedSecret('token')
    expect((await client.setSecret('token', 'two')).value).toBe('two')
  })

  it('conflicts for a while after a recovery can be read', async () => {
    command(service, 'delays', { deletingMs: 1000, recoveringMs: 1000, settlingMs: 1000 })
    const innerCode = async (): Promise<unknown> =>
      client.setSecret('token', 'two').catch((error) => error.details.error.innerError.code)
    await client.setSecret('token', 'one')
    await client.beginDeleteSecret('token')
    expect(await innerCode()).toBe('ObjectIsBeingDeleted')
    world.clock.advance(1000)
    expect(await innerCode()).toBe('ObjectIsDeletedButRecoverable')
    await client.beginRecoverDeletedSecret('token')
    expect(await innerCode()).toBe('ObjectIsBeingRecovered')
    world.clock.advance(1000)
    const read: KeyVaultSecret = await client.getSecret('token')
    expect(read.value).toBe('one')
    expect(await innerCode()).toBe('ObjectIsBeingRecovered')
    world.clock.advance(1000)
    expect(await client.setSecret('token', 'two')).toMatchObject({ value: 'two' })
  })

  it('lists deleted secrets until their retention is over', async () => {
    await client.setSecret('token', 'one')
    await client.beginDeleteSecret('token')
    expect(await collect(client.listDeletedSecrets())).toMatchObject([{ name: 'token' }])
    world.clock.advance(90 * 86_400_000)
    client = createClient()
    expect(await collect(client.listDeletedSecrets())).toEqual([])
    await expect(client.setSecret('token', 'two')).resolves.toMatchObject({ value: 'two' })
  })

  it('names the missing action to a caller without the role', async () => {
    command(service, 'setRole', { vault: VAULT, oid: STEWARD.objectId, role: 'Key Vault Secrets User' })
    await expect(client.setSecret('token', 'one')).rejects.toMatchObject({
      statusCode: 403,
      message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action'"),
      details: { error: { innerError: { code: 'ForbiddenByRbac' } } },
    })
    await expect(client.getSecret('token')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' })
  })
})
