import { beforeEach, describe, expect, it } from 'vitest'
import { addReadPolicy, listVaultSecretNames, readVaultSecret } from '../../../../local/cloud/keyvault/door.ts'
import { createKeyVaultService } from '../../../../local/cloud/keyvault/service.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import { type ArmClient, createArmClient, IDENTITY } from '../arm/arm-client.ts'
import { command, dispatch, issueToken } from '../pretend-world.ts'

const VAULT = 'kv-etl-prod.vault.azure.net'
const OTHER = 'kv-steward.vault.azure.net'

let arm: ArmClient
let keyvault: CloudService
let databricks: string

beforeEach(() => {
  arm = createArmClient()
  keyvault = createKeyVaultService(arm.world)
  const principals = [...arm.world.directory.servicePrincipals.values()]
  databricks = principals.find(({ displayName }) => displayName === 'AzureDatabricks')?.objectId ?? ''
  for (const vault of [VAULT, OTHER]) command(keyvault, 'put', { vault, name: 'token', value: 'canary' })
})

const read = (host = VAULT, name = 'token') => readVaultSecret(arm.world, host, databricks, name)
const list = (host = VAULT) => listVaultSecretNames(arm.world, host, databricks)

describe('another service at the door of a vault', () => {
  it('reads what its role lets it read', () => {
    expect(read()).toEqual({ kind: 'value', value: 'canary' })
    expect(list()).toEqual(['token'])
    expect(read(VAULT, 'none')).toEqual({ kind: 'missing' })
    expect(read('kv-none.vault.azure.net')).toEqual({ kind: 'no-vault' })
    expect(list('kv-none.vault.azure.net')).toBe('no-vault')
  })

  it('is denied where it has no role, or has lost it', () => {
    expect(read(OTHER)).toEqual({ kind: 'denied' })
    expect(list(OTHER)).toBe('denied')
    command(arm.service, 'unassign', { scope: VAULT, principalId: databricks, role: 'Key Vault Secrets User' })
    expect(read()).toEqual({ kind: 'denied' })
  })

  it('gets no disabled and no deleted secret', async () => {
    command(keyvault, 'put', { vault: VAULT, name: 'disabled', value: 'canary', enabled: false })
    expect(read(VAULT, 'disabled')).toEqual({ kind: 'denied' })
    await callVault('DELETE', '/secrets/token')
    expect(read()).toEqual({ kind: 'missing' })
    expect(list()).toEqual(['disabled'])
  })
})

describe('access policies', () => {
  it('count for nothing while roles decide', () => {
    expect(addReadPolicy(arm.world, OTHER, databricks)).toBe('added')
    expect(read(OTHER)).toEqual({ kind: 'denied' })
  })

  it('decide once the vault goes by them', async () => {
    command(arm.service, 'setVaultRbac', { vault: VAULT, usesRbac: false })
    expect(read()).toEqual({ kind: 'denied' })
    addReadPolicy(arm.world, VAULT, databricks)
    expect(read()).toEqual({ kind: 'value', value: 'canary' })
    expect((await callVault('GET', '/secrets/token')).status).toBe(200)
  })

  it('are named to a caller that has none', async () => {
    command(arm.service, 'setVaultRbac', { vault: VAULT, usesRbac: false, accessPolicies: [] })
    expect(await callVault('GET', '/secrets')).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'Forbidden',
          message: expect.stringContaining('does not have secrets list permission on key vault'),
          innererror: { code: 'AccessDenied' },
        },
      },
    })
  })
})

function callVault(method: string, path: string) {
  return dispatch(keyvault, {
    method,
    url: `https://${VAULT}${path}?api-version=7.5`,
    headers: { authorization: `Bearer ${issueToken(arm.world.clock, 'https://vault.azure.net', IDENTITY)}` },
  })
}
