import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/platform/config.ts'
import type { StewardError } from '../../src/platform/errors.ts'

const ID = '00000000-0000-4000-8000-000000000000'
const idOf = (type: string, name: string): string => `/subscriptions/${ID}/resourceGroups/rg/providers/${type}/${name}`

const vault = { url: 'https://kv-etl.vault.azure.net', resourceId: idOf('Microsoft.KeyVault/vaults', 'kv-etl') }
const workspace = {
  url: 'https://adb-1.2.azuredatabricks.net',
  resourceId: idOf('Microsoft.Databricks/workspaces', 'etl'),
}
const config = { instance: 'prod', vaults: [vault], databricks: { workspaces: [workspace] } }

const environmentOf = (steward: unknown, more: Record<string, string | undefined> = {}) => ({
  STEWARD_CONFIG: typeof steward === 'string' ? steward : JSON.stringify(steward),
  AZURE_TENANT_ID: ID,
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ...more,
})

/** Where the settings are wrong, each place once; empty when they are right. */
function findIssues(environment: Record<string, string | undefined>): string[] {
  try {
    readSettings(environment)
    return []
  } catch (error) {
    const { code, issues } = error as StewardError
    expect(code).toBe('configuration-invalid')
    return [...new Set(issues.map(({ path }) => path))]
  }
}

describe('the settings', () => {
  it('come with what was left out', () => {
    expect(readSettings(environmentOf(config))).toEqual({
      tenantId: ID,
      access: 'keys',
      storage: { kind: 'connection-string', connectionString: 'UseDevelopmentStorage=true' },
      config: {
        ...config,
        cloud: 'AzureCloud',
        databricks: {
          workspaces: [{ ...workspace, requestsPerSecond: 15 }],
          entitlements: [],
          groups: [],
          allowAdmins: false,
          managers: [],
          notebookRoot: '/Steward',
        },
      },
    })
  })

  it('may name the storage account instead of a connection string', () => {
    const environment = environmentOf(config, {
      AzureWebJobsStorage: undefined,
      AzureWebJobsStorage__accountName: 'st',
    })
    expect(readSettings(environment).storage).toEqual({ kind: 'identity', accountName: 'st' })
  })

  it('are wrong all at once, each under its own name', () => {
    expect(findIssues({ STEWARD_ACCESS: 'anyone' }).toSorted()).toEqual([
      'AZURE_TENANT_ID',
      'AzureWebJobsStorage',
      'STEWARD_ACCESS',
      'STEWARD_CONFIG',
    ])
    expect(
      findIssues(environmentOf({ instance: 'P', vaults: [{ url: 'http://x', resourceId: 'y' }], tyop: 1 })),
    ).toEqual([
      'STEWARD_CONFIG.instance',
      'STEWARD_CONFIG.vaults[0].url',
      'STEWARD_CONFIG.vaults[0].resourceId',
      'STEWARD_CONFIG.tyop',
    ])
  })

  it.each([
    ['no JSON', 'instance: prod'],
    ['too long', JSON.stringify({ ...config, $schema: 'x'.repeat(30_000) })],
    ['missing', ''],
    ['null', 'null'],
  ])('are wrong when the configuration is %s', (_what, steward) => {
    expect(findIssues(environmentOf(steward))).toHaveLength(1)
  })

  it.each([
    ['a path', { ...vault, url: `${vault.url}/` }],
    ['upper case', { ...vault, url: 'https://KV.vault.azure.net' }],
    ['a port', { ...vault, url: `${vault.url}:8443` }],
    ['a user', { ...vault, url: 'https://me@kv.vault.azure.net' }],
    ['another domain', { ...vault, url: 'https://kv.vault.azure.net.evil.example' }],
    ['another cloud', { ...vault, url: 'https://kv.vault.azure.cn' }],
    ['no name', { ...vault, url: 'https://.vault.azure.net' }],
    ['two names', { ...vault, url: 'https://a.kv-etl.vault.azure.net' }],
    ['its name in the private zone', { ...vault, url: 'https://kv-etl.privatelink.vault.azure.net' }],
  ])('name no vault with %s', (_what, wrong) => {
    expect(findIssues(environmentOf({ ...config, vaults: [wrong] }))).toEqual(['STEWARD_CONFIG.vaults[0].url'])
  })

  it('name one vault by its origin and its resource id', () => {
    const other = { ...vault, resourceId: idOf('Microsoft.KeyVault/vaults', 'kv-other') }
    expect(findIssues(environmentOf({ ...config, vaults: [other] }))).toEqual(['STEWARD_CONFIG.vaults[0].resourceId'])
    const sameInCapitals = { ...vault, resourceId: idOf('Microsoft.KeyVault/vaults', 'KV-ETL') }
    expect(findIssues(environmentOf({ ...config, vaults: [sameInCapitals] }))).toEqual([])
  })

  it.each([
    'https://accounts.azuredatabricks.net',
    'https://westeurope.azuredatabricks.net',
    'https://adb-1.azuredatabricks.net',
    'https://adb-1.2.privatelink.azuredatabricks.net',
    'https://adb-1.2.databricks.azure.us',
  ])('name no workspace at %s', (url) => {
    const databricks = { workspaces: [{ ...workspace, url }] }
    expect(findIssues(environmentOf({ ...config, databricks }))).toEqual([
      'STEWARD_CONFIG.databricks.workspaces[0].url',
    ])
  })

  it('are of the cloud that they name', () => {
    const vaults = [{ ...vault, url: 'https://kv-etl.vault.usgovcloudapi.net' }]
    const workspaces = [{ ...workspace, url: 'https://adb-1.2.databricks.azure.us' }]
    const government = { ...config, cloud: 'AzureUSGovernment', vaults, databricks: { workspaces } }
    expect(findIssues(environmentOf(government))).toEqual([])
  })

  it('take groups without the blanks around them, and none twice', () => {
    const withGroups = (groups: string[]) =>
      environmentOf({ ...config, databricks: { workspaces: [workspace], groups } })
    expect(readSettings(withGroups([' etl '])).config.databricks?.groups).toEqual(['etl'])
    expect(findIssues(withGroups(['etl', 'bi', 'ETL ']))).toEqual(['STEWARD_CONFIG.databricks.groups[2]'])
  })

  it.each(['Owner', 'User Access Administrator', 'F58310D9-A9F6-439A-9E8D-F62E7B41A168'])(
    'give nobody a role that can give roles, unless they say so in so many words: %s',
    (role) => {
      const machineLearning = { roles: ['Reader', role] }
      expect(findIssues(environmentOf({ ...config, machineLearning }))).toEqual([
        'STEWARD_CONFIG.machineLearning.roles[1]',
      ])
      const allowed = { ...machineLearning, allowPrivilegedRoles: true }
      expect(findIssues(environmentOf({ ...config, machineLearning: allowed }))).toEqual([])
    },
  )

  it('name no role, resource or manager twice, in whatever spelling', () => {
    const learning = idOf('Microsoft.MachineLearningServices/workspaces', 'mlw')
    const machineLearning = {
      workspaces: [learning, learning.toUpperCase()],
      roles: ['Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Emperor'],
    }
    const databricks = { workspaces: [workspace], managers: ['leads', 'Leads'] }
    expect(findIssues(environmentOf({ ...config, databricks, machineLearning })).toSorted()).toEqual([
      'STEWARD_CONFIG.databricks.managers[1]',
      'STEWARD_CONFIG.machineLearning.roles[1]',
      'STEWARD_CONFIG.machineLearning.roles[2]',
      'STEWARD_CONFIG.machineLearning.workspaces[1]',
    ])
  })

  it('are told with every contradiction, whatever else is wrong', () => {
    const other = { ...vault, resourceId: idOf('Microsoft.KeyVault/vaults', 'kv-other') }
    const databricks = { workspaces: [workspace, workspace], groups: ['admins', 7], allowAdmins: 'no' }
    expect(findIssues(environmentOf({ instance: 'P', vaults: [other, 'kv'], databricks }))).toEqual(
      [
        'instance',
        'vaults[1]',
        'databricks.groups[1]',
        'databricks.allowAdmins',
        'databricks.workspaces[1].url',
        'vaults[0].resourceId',
        'databricks.groups[0]',
      ].map((path) => `STEWARD_CONFIG.${path}`),
    )
  })

  it('name nothing twice', () => {
    expect(findIssues(environmentOf({ ...config, vaults: [vault, vault] }))).toEqual(['STEWARD_CONFIG.vaults[1].url'])
  })

  it.each(['admins', 'Admins'])('let the group %s in only in so many words', (group) => {
    const withGroup = (more: object) => ({
      ...config,
      databricks: { workspaces: [workspace], groups: [group], ...more },
    })
    expect(findIssues(environmentOf(withGroup({})))).toEqual(['STEWARD_CONFIG.databricks.groups[0]'])
    expect(findIssues(environmentOf(withGroup({ allowAdmins: true })))).toEqual([])
  })

  it('put everybody behind keys unless they say "entra"', () => {
    expect(readSettings(environmentOf(config)).access).toBe('keys')
    expect(readSettings(environmentOf(config, { STEWARD_ACCESS: 'entra' })).access).toBe('entra')
    expect(findIssues(environmentOf(config, { STEWARD_ACCESS: 'Entra' }))).toEqual(['STEWARD_ACCESS'])
  })
})
