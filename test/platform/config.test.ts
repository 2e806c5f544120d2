import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/platform/config.ts'
import type { Issue, StewardError } from '../../src/platform/errors.ts'

const ID = '00000000-0000-4000-8000-000000000000'
const idOf = (type: string, name: string): string => `/subscriptions/${ID}/resourceGroups/rg/providers/${type}/${name}`

const vault = { url: 'https://kv-etl.vault.azure.net', resourceId: idOf('Microsoft.KeyVault/vaults', 'kv-etl') }
const workspace = {
  url: 'https://adb-1.2.azuredatabricks.net',
  resourceId: idOf('Microsoft.Databricks/workspaces', 'etl'),
}
const config = { instance: 'prod', vaults: [vault], databricks: { workspaces: [workspace] } }

const ROTATION = {
  lifetimeDays: 90,
  renewBeforeDays: 30,
  graceHours: 48,
  whenStillUsed: 'revoke',
  maxWaitHours: 168,
  maintenanceWindows: [],
}

const environmentOf = (steward: unknown, more: Record<string, string | undefined> = {}) => ({
  STEWARD_CONFIG: typeof steward === 'string' ? steward : JSON.stringify(steward),
  AZURE_TENANT_ID: ID,
  ROTATION_SCHEDULE: '0 7 * * * *',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  ...more,
})

/** What the settings are told to be wrong in; empty when they are right. */
function readIssues(environment: Record<string, string | undefined>): readonly Issue[] {
  try {
    readSettings(environment)
    return []
  } catch (error) {
    const { code, issues } = error as StewardError
    expect(code).toBe('configuration-invalid')
    return issues
  }
}

/** Where the settings are wrong, each place once. */
function findIssues(environment: Record<string, string | undefined>): string[] {
  return [...new Set(readIssues(environment).map(({ path }) => path))]
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
        rotation: ROTATION,
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
      'ROTATION_SCHEDULE',
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

describe('the schedule of the rotation', () => {
  it.each([undefined, '', ' ', '0 7 * * *  * 1', '7 * * *', '01:00:00', 'hourly', '%ROTATION%', '0 7 * * ? ; *'])(
    'is asked for instead of %j',
    (schedule) => {
      expect(readIssues(environmentOf(config, { ROTATION_SCHEDULE: schedule }))).toEqual([
        { path: 'ROTATION_SCHEDULE', message: expect.stringContaining('six fields') },
      ])
    },
  )

  it.each(['0 7 * * * *', '*/5 * * * *', '0 0 3 1 JAN,Feb Mon-fri', ' 30 0/10 8-18 *  * * '])(
    'may be %j',
    (schedule) => {
      expect(findIssues(environmentOf(config, { ROTATION_SCHEDULE: schedule }))).toEqual([])
    },
  )
})

describe('the section about rotation', () => {
  const window = { days: ['sat', 'sun'], from: '22:00', hours: 6, timeZone: 'Europe/Berlin' }
  const withRotation = (rotation: unknown) => environmentOf({ ...config, rotation })
  const withWindows = (...maintenanceWindows: unknown[]) => withRotation({ maintenanceWindows })
  const at = (...paths: string[]) => paths.map((path) => `STEWARD_CONFIG.rotation.${path}`)

  it('says what holds where it says nothing', () => {
    expect(readSettings(withRotation({ lifetimeDays: 60 })).config.rotation).toEqual({ ...ROTATION, lifetimeDays: 60 })
    const { days: _days, ...everyDay } = window
    const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
    expect(readSettings(withWindows(window, everyDay)).config.rotation.maintenanceWindows).toEqual([
      window,
      { ...everyDay, days },
    ])
  })

  it.each([
    { lifetimeDays: 0 },
    { lifetimeDays: 731 },
    { lifetimeDays: 90.5 },
    { renewBeforeDays: 0 },
    { renewBeforeDays: '30' },
    { graceHours: -1 },
    { whenStillUsed: 'ask' },
    { maxWaitHours: 2161 },
    { maintenanceWindows: window },
    { graceDays: 2 },
  ])('is not %j', (rotation) => {
    expect(findIssues(withRotation(rotation))).toEqual(at(...Object.keys(rotation)))
  })

  it('contradicts itself neither in what is written nor with what was left out', () => {
    expect(readIssues(withRotation({ renewBeforeDays: 90 }))).toEqual([
      {
        path: 'STEWARD_CONFIG.rotation.renewBeforeDays',
        message: expect.stringContaining('less than lifetimeDays (90)'),
      },
    ])
    expect(findIssues(withRotation({ lifetimeDays: 30 }))).toEqual(at('renewBeforeDays'))
    expect(findIssues(withRotation({ renewBeforeDays: 1, graceHours: 25 }))).toEqual(at('graceHours'))
    expect(findIssues(withRotation({ lifetimeDays: 1 }))).toEqual(at('renewBeforeDays'))
    expect(findIssues(withRotation({ lifetimeDays: 31, graceHours: 720 }))).toEqual([])
  })

  it.each([
    ['no day', { days: [] }, 'days'],
    ['a day of another language', { days: ['sat', 'so'] }, 'days[1]'],
    ['an hour without its zero', { from: '7:00' }, 'from'],
    ['an hour that no day has', { from: '24:00' }, 'from'],
    ['no length', { hours: 0 }, 'hours'],
    ['more than a day', { hours: 25 }, 'hours'],
    ['half an hour', { hours: 0.5 }, 'hours'],
    ['a time zone that nobody knows', { timeZone: 'Europe/Bonn' }, 'timeZone'],
    ['a mere offset', { timeZone: '+01:00' }, 'timeZone'],
    ['no time zone', { timeZone: '' }, 'timeZone'],
    ['an end', { from: '21:00', to: '23:00' }, 'to'],
  ])('has no window with %s', (_what, wrong, path) => {
    expect(findIssues(withWindows(window, { ...window, ...wrong }))).toEqual(at(`maintenanceWindows[1].${path}`))
  })

  it('has no window twice, in whatever order and spelling', () => {
    const same = { ...window, days: ['sun', 'sat', 'sun'], timeZone: 'europe/berlin' }
    expect(readIssues(withWindows(window, { ...window, hours: 5 }, same))).toEqual([
      { path: 'STEWARD_CONFIG.rotation.maintenanceWindows[2]', message: expect.stringContaining('remove one') },
    ])
  })

  it('is told with every contradiction, whatever else is wrong', () => {
    const rotation = {
      lifetimeDays: 'long',
      renewBeforeDays: 1,
      graceHours: 48,
      maintenanceWindows: [window, { ...window, hours: 99 }, window],
      tyop: 1,
    }
    expect(findIssues(environmentOf({ ...config, instance: 'P', rotation })).toSorted()).toEqual(
      [
        ...at('lifetimeDays', 'graceHours', 'maintenanceWindows[1].hours', 'maintenanceWindows[2]', 'tyop'),
        'STEWARD_CONFIG.instance',
      ].toSorted(),
    )
    expect(findIssues(withRotation(null))).toEqual(['STEWARD_CONFIG.rotation'])
  })
})
