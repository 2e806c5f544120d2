import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { CONTAINERS, QUEUES, TABLES } from '../../src/platform/storage-names.ts'
import { ACCESS } from '../../src/trust/access.ts'
import { FUNCTION_NAMES } from '../support/registered-functions.ts'
import type { Load } from './load-bundle.ts'

const run = promisify(execFile)
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Loads the bundle in a process that has these settings and nothing else. */
async function load(settings: Readonly<Record<string, string>> = {}): Promise<Load> {
  const { stdout } = await run(process.execPath, [pathOf('load-bundle.ts'), pathOf('../../dist/index.cjs')], {
    env: settings,
    timeout: 30_000,
  })
  return JSON.parse(stdout) as Load
}

/** What callers rely on, in words that do not come from the code under test. */
const ROUTES = {
  health: ['GET', 'health'],
  'plan-or-start-onboarding': ['POST', 'onboardings'],
  'list-onboardings': ['GET', 'onboardings'],
  'get-onboarding': ['GET', 'onboardings/{id}'],
  'run-onboarding-step': ['POST', 'onboarding-steps/{step}'],
  'plan-or-start-offboarding': ['POST', 'offboardings'],
  'list-access': ['GET', 'access'],
  'list-credentials': ['GET', 'credentials'],
  'get-credential': ['GET', 'credentials/{vault}/{secret}'],
  'change-credential': ['PATCH', 'credentials/{vault}/{secret}'],
  'list-credential-history': ['GET', 'credentials/{vault}/{secret}/history'],
  'rotate-credential': ['POST', 'credentials/{vault}/{secret}/rotations'],
  'plan-rotations': ['GET', 'rotation-plan'],
} as const

async function triggersOf(type: string) {
  return (await load()).functions.flatMap(({ bindings }) => bindings.filter((binding) => binding['type'] === type))
}

function httpFunctionsOf({ functions }: Load) {
  return functions.flatMap(({ name, bindings }) => {
    const trigger = bindings.find(({ type }) => type === 'httpTrigger')
    return trigger ? [{ name, trigger }] : []
  })
}

describe('the HTTP functions', () => {
  it('are those of the access table, at the routes and methods that callers know', async () => {
    const registered = httpFunctionsOf(await load())
    expect(registered.map(({ name }) => name).toSorted()).toEqual(Object.keys(ACCESS).toSorted())
    expect(
      Object.fromEntries(
        registered.map(({ name, trigger }) => [name, [...(trigger['methods'] as string[]), trigger['route']]]),
      ),
    ).toEqual(ROUTES)
  })

  it.each([
    ['keys', 'function'],
    ['entra', 'anonymous'],
    // Whatever else it says, nobody comes in without a key.
    ['Entra', 'function'],
  ])('in mode %s are opened by level %s, and health by anybody', async (mode, level) => {
    const registered = httpFunctionsOf(await load({ STEWARD_ACCESS: mode }))
    expect(Object.fromEntries(registered.map(({ name, trigger }) => [name, trigger['authLevel']]))).toEqual(
      Object.fromEntries(Object.entries(ACCESS).map(([name, role]) => [name, role === 'open' ? 'anonymous' : level])),
    )
  })
})

describe('the queue functions', () => {
  it('listen to every queue that Steward keeps, on its storage account', async () => {
    const triggers = await triggersOf('queueTrigger')
    expect(triggers.map(({ queueName }) => queueName).toSorted()).toEqual(Object.values(QUEUES).toSorted())
    expect([...new Set(triggers.map(({ connection }) => connection))]).toEqual(['AzureWebJobsStorage'])
  })

  it('and tables and containers have names that the services take', () => {
    for (const name of Object.values(TABLES)) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]{2,62}$/)
    for (const name of [...Object.values(QUEUES), ...Object.values(CONTAINERS)])
      expect(`${name}-poison`).toMatch(/^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/)
  })
})

describe('the timer functions', () => {
  it('run at times that parse, and not at every start', async () => {
    const { Values } = JSON.parse(await readFile(pathOf('../../local.settings.sample.json'), 'utf8')) as {
      Values: Record<string, string>
    }
    const triggers = await triggersOf('timerTrigger')
    expect(triggers).toHaveLength(2)
    for (const { schedule, runOnStartup } of triggers) {
      // As the host reads it: what stands between percent signs is a setting's name.
      const said = String(schedule).replace(/^%(.+)%$/, (_all, name: string) => Values[name] ?? '')
      // Under a minute the host remembers nothing of what it missed.
      const [first, second] = new Cron(said, { mode: '6-part' }).nextRuns(2)
      expect((second?.getTime() ?? 0) - (first?.getTime() ?? 0)).toBeGreaterThanOrEqual(60_000)
      expect(runOnStartup ?? false).toBe(false)
    }
  })

  it('look at credentials when the setting of that name says so', async () => {
    const { functions } = await load()
    const triggers = functions.find(({ name }) => name === 'rotate-credentials')?.bindings
    expect(triggers).toMatchObject([{ type: 'timerTrigger', schedule: '%ROTATION_SCHEDULE%' }])
  })
})

describe('the Event Grid functions', () => {
  it('are the one that hears of secrets near their expiry', async () => {
    const { functions } = await load()
    const listening = functions.filter(({ bindings }) => bindings.some(({ type }) => type === 'eventGridTrigger'))
    expect(listening.map(({ name }) => name)).toEqual(['on-secret-near-expiry'])
  })
})

describe('loading the bundle', () => {
  it.each([
    ['no settings', {}],
    ['a configuration that is no JSON', { STEWARD_CONFIG: '{', STEWARD_ACCESS: 'anyone', AZURE_TENANT_ID: '?' }],
    ['a configuration of another shape', { STEWARD_CONFIG: '{"tyop":[]}' }],
    ['broken storage', { AzureWebJobsStorage: 'AccountName=', AZURE_CLIENT_ID: '' }],
  ])('registers every function with %s', async (_what, settings) => {
    const { failure, functions } = await load(settings)
    expect(failure).toBeNull()
    expect(functions.map(({ name }) => name).toSorted()).toEqual(FUNCTION_NAMES.toSorted())
  })

  it('evaluates nothing but what a registration needs, and begins nothing', async () => {
    const { evaluated, underWay, builtIns } = await load()
    expect(evaluated).toEqual(['index.cjs'])
    // The library is most of it. Validation alone, or one SDK, would make it several times as large.
    expect((await stat(pathOf('../../dist/index.cjs'))).size).toBeLessThan(200_000)
    expect(underWay).toEqual([])
    // The library takes `node:http` for streams; the SDKs would bring these.
    for (const heavy of ['https', 'tls', 'fs/promises', 'child_process', 'worker_threads', 'zlib'])
      expect(builtIns).not.toContain(`NativeModule ${heavy}`)
  })
})
