import { describe, expect, it } from 'vitest'
import { configSchema } from '../../src/platform/config-schema.ts'
import { StewardError } from '../../src/platform/errors.ts'
import { requireAllowed, type Wishes } from '../../src/trust/allow-lists.ts'

const ID = '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0004'
const idOf = (type: string, name: string): string => `/subscriptions/${ID}/resourceGroups/rg/providers/${type}/${name}`
const vaultOf = (name: string, more: object = {}) => ({
  url: `https://${name}.vault.azure.net`,
  resourceId: idOf('Microsoft.KeyVault/vaults', name),
  ...more,
})
const MLW = idOf('Microsoft.MachineLearningServices/workspaces', 'mlw')
const config = configSchema.parse({
  instance: 'prod',
  vaults: [vaultOf('kv-shared'), vaultOf('kv-etl', { dedicatedTo: 'etl' })],
  machineLearning: { workspaces: [MLW], roles: ['AzureML Data Scientist', 'ACDD72A7-3385-48EF-BD42-F606FBA81AE7'] },
})
const nothing: Wishes = {
  onboarding: 'etl',
  vaults: [],
  scopeVaults: [],
  workspaces: [],
  entitlements: [],
  groups: [],
  managers: [],
  jobs: [],
  machineLearningWorkspaces: [],
  registries: [],
  roles: [],
}
const asked = (value: string) => [{ value, path: 'there' }]

function refusalOf(wishes: Partial<Wishes>): { code: string; paths: string[] } | null {
  try {
    requireAllowed(config, { ...nothing, ...wishes })
    return null
  } catch (error) {
    if (!(error instanceof StewardError)) throw error
    return { code: error.code, paths: error.issues.map(({ path }) => path) }
  }
}

describe('what the configuration allows', () => {
  it('is a scope on the vault that is dedicated to the onboarding', () => {
    expect(refusalOf({ scopeVaults: asked('https://kv-etl.vault.azure.net') })).toBeNull()
  })

  it('is no scope on a vault that others share', () => {
    const refusal = refusalOf({ scopeVaults: asked('https://kv-shared.vault.azure.net') })
    expect(refusal).toEqual({ code: 'vault-shared', paths: ['there'] })
  })

  it("is nothing on another onboarding's vault, be it a scope or a secret", () => {
    for (const key of ['vaults', 'scopeVaults']) {
      const refusal = refusalOf({ onboarding: 'other', [key]: asked('https://kv-etl.vault.azure.net') })
      expect(refusal).toEqual({ code: 'vault-shared', paths: ['there'] })
    }
  })

  it('is told with all that is wrong at once', () => {
    const refusal = refusalOf({
      scopeVaults: [...asked('https://kv-shared.vault.azure.net'), ...asked('https://kv-none.vault.azure.net')],
      managers: asked('nobody'),
      jobs: asked('job'),
      registries: asked('/subscriptions/x'),
    })
    expect(refusal).toEqual({ code: 'not-allowed', paths: ['there', 'there', 'there', 'there', 'there'] })
  })

  it('is a role by name or id, whichever of them the configuration has', () => {
    for (const role of ['azureml data scientist', 'f6c7c914-8db3-469d-8ca1-694a8f32e121', 'Reader'])
      expect(refusalOf({ roles: asked(role) })).toBeNull()
    for (const role of ['Contributor', 'Owner', '00000000-0000-4000-8000-000000000000'])
      expect(refusalOf({ roles: asked(role) })).toEqual({ code: 'not-allowed', paths: ['there'] })
  })

  it('is a resource in whatever case its id is written', () => {
    expect(refusalOf({ machineLearningWorkspaces: asked(MLW.toUpperCase()) })).toBeNull()
  })
})
