import { describe, expect, it } from 'vitest'
import { decideSecretScope } from '../../src/onboarding/decide-secret-scope.ts'

const vault = { resourceId: '/subscriptions/s/vaults/kv', url: 'https://kv.vault.azure.net' }
const inDatabricks = { name: 'steward-prod-etl', backend: 'databricks' as const, vault: null }
const inVault = { name: 'steward-prod-etl', backend: 'key-vault' as const, vault }
const wish = { scopeName: 'steward-prod-etl', vault }

describe('what becomes of a secret scope', () => {
  it('is made when there is none of its name', () => {
    expect(decideSecretScope(wish, [{ ...inVault, name: 'other' }])).toEqual({ kind: 'create' })
  })

  it('is kept when the same vault is behind it, in whatever case', () => {
    const inCapitals = {
      ...inVault,
      name: 'STEWARD-prod-etl',
      vault: { ...vault, resourceId: '/SUBSCRIPTIONS/S/vaults/KV' },
    }
    expect(decideSecretScope(wish, [inCapitals])).toEqual({ kind: 'keep' })
    expect(decideSecretScope({ ...wish, vault: null }, [inDatabricks])).toEqual({ kind: 'keep' })
  })

  it.each([
    ['another vault', wish, { ...inVault, vault: { ...vault, url: 'https://kv2.vault.azure.net' } }],
    ['another resource', wish, { ...inVault, vault: { ...vault, resourceId: '/subscriptions/s/vaults/kv2' } }],
    ['Databricks instead of the vault', wish, inDatabricks],
    ['a vault instead of Databricks', { ...wish, vault: null }, inVault],
  ])('is never silently accepted with %s', (_what, wished, found) => {
    expect(decideSecretScope(wished, [found])).toEqual({ kind: 'refuse', found })
  })
})
