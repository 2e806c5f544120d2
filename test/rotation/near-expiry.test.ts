import { describe, expect, it } from 'vitest'
import { resolveRef } from '../../src/rotation/find.ts'
import { readNearExpiry } from '../../src/rotation/near-expiry.ts'
import { createRotationWorld } from './rotation-world.ts'

const { config } = createRotationWorld()
const ref = { vaultUrl: 'https://kv-team.vault.azure.net', secretName: 'databricks-token' }
const data = {
  Id: 'https://kv-team.vault.azure.net/secrets/databricks-token/0123456789abcdef0123456789abcdef',
  VaultName: 'kv-team',
  ObjectType: 'Secret',
  ObjectName: 'databricks-token',
  Version: '0123456789abcdef0123456789abcdef',
  NBF: null,
  EXP: 1735689600,
}
const NEAR = 'Microsoft.KeyVault.SecretNearExpiry'

describe('an event of Key Vault', () => {
  it.each([
    ['in the schema of Event Grid', { id: '1', eventType: NEAR, subject: 'databricks-token', data, dataVersion: '1' }],
    ['in the schema of CloudEvents', { id: '1', type: NEAR, specversion: '1.0', source: '/x', data }],
    ['of a secret that expired', { eventType: 'Microsoft.KeyVault.SecretExpired', data }],
    ['with the vault in capitals', { eventType: NEAR, data: { ...data, VaultName: 'KV-Team' } }],
  ])('names the credential, %s', (_what, event) => {
    expect(readNearExpiry(config, event)).toEqual({ ref })
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no data', { eventType: NEAR }],
    ['another event', { eventType: 'Microsoft.KeyVault.SecretNewVersionCreated', data }],
    ['a key', { eventType: NEAR, data: { ...data, ObjectType: 'Key' } }],
    ['a vault that is not configured', { eventType: NEAR, data: { ...data, VaultName: 'kv-other' } }],
    ['a name that is none of a secret', { eventType: NEAR, data: { ...data, ObjectName: '../keys/x' } }],
  ])('is passed over, with a reason, for %s', (_what, event) => {
    expect(readNearExpiry(config, event)).toEqual({ ref: null, reason: expect.stringMatching(/\w/) })
  })
})

describe('a credential that a route names', () => {
  it.each(['kv-team', 'kv-team.vault.azure.net', 'KV-TEAM'])('is found by the vault %s', (vault) => {
    expect(resolveRef(config, vault, 'databricks-token')).toEqual(ref)
  })

  it.each([
    ['kv-other', 'x'],
    ['kv-team.vault.azure.net.evil.example', 'x'],
    ['kv-team', 'a/b'],
    ['kv-team', ''],
    ['', 'x'],
    ['kv-team', 'x'.repeat(128)],
  ])('is not found as %s %s', (vault, secretName) => {
    expect(() => resolveRef(config, vault, secretName)).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})
