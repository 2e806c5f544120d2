import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { requireSoundPolicies } from '../../src/onboarding/policies.ts'
import { parseOnboardingRequest, wishesOf } from '../../src/onboarding/request.ts'
import { readSettings } from '../../src/platform/config.ts'
import { configSchema } from '../../src/platform/config-schema.ts'
import { requireAllowed } from '../../src/trust/allow-lists.ts'

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

describe('host.json', () => {
  it('says what the code relies on', async () => {
    const hostJson = JSON.parse(await read('host.json'))
    // Locations and the documentation of the API have this prefix.
    expect(hostJson.extensions.http).toMatchObject({ routePrefix: 'api' })
    // Queue messages are written as base64 and polled for: an onboarding must not wait a minute to begin.
    expect(hostJson.extensions.queues).toMatchObject({ messageEncoding: 'base64', maxPollingInterval: '00:00:02' })
    // A retry policy would multiply with the queue's own deliveries.
    expect(hostJson).not.toHaveProperty('retry')
    // Queue triggers come from the bundle: without it they are listed and dead.
    expect(hostJson.extensionBundle.id).toBe('Microsoft.Azure.Functions.ExtensionBundle')
    // A call may take 100 s and a run 60 s and what it has begun; neither may come near the time-out.
    const [hours = 0, minutes = 0, seconds = 0] = hostJson.functionTimeout.split(':').map(Number)
    expect(hours * 3600 + minutes * 60 + seconds).toBeGreaterThanOrEqual(300)
  })

  it('is what the bundle is deployed with', async () => {
    expect(await read('dist/host.json')).toBe(await read('host.json'))
    // With streams on, a handler that throws never answers.
    expect(await read('dist/index.cjs')).not.toMatch(/enableHttpStream:\s*(true|!0)/)
  })
})

describe('steward.sample.yaml', () => {
  it('is valid for the app and for the schema that editors use', async () => {
    const sample: unknown = parse(await read('steward.sample.yaml'))
    expect(configSchema.safeParse(sample).error).toBeUndefined()
    const validate = new Ajv2020().compile(JSON.parse(await read('docs/steward.schema.json')))
    expect(validate(sample), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ ...(sample as object), tyop: 1 })).toBe(false)
  })

  it('allows the example onboarding, which is a valid request', async () => {
    const config = configSchema.parse(parse(await read('steward.sample.yaml')))
    const request = parseOnboardingRequest(JSON.parse(await read('examples/onboarding.json')))
    expect(() => requireAllowed(config, wishesOf(request))).not.toThrow()
    expect(() => requireSoundPolicies(config, request)).not.toThrow()
    expect(() => requireAllowed({ ...config, vaults: [] }, wishesOf(request))).toThrow()
  })
})

describe('local.settings.sample.json', () => {
  it('names exactly the settings that the app must be given', async () => {
    const { Values } = JSON.parse(await read('local.settings.sample.json')) as { Values: Record<string, string> }
    const asked = new Set<string>()
    const watched = new Proxy(Values, {
      get: (values, name) => {
        asked.add(String(name))
        return Reflect.get(values, name)
      },
    })
    // The sample's placeholders are no settings yet, and each is told.
    expect(() => readSettings(watched)).toThrow(
      expect.objectContaining({
        issues: [
          expect.objectContaining({ path: 'STEWARD_CONFIG' }),
          expect.objectContaining({ path: 'AZURE_TENANT_ID' }),
        ],
      }),
    )
    // These are the host's: which worker runs the app, and how.
    const ofHost = ['FUNCTIONS_WORKER_RUNTIME', 'languageWorkers__node__arguments']
    expect([...asked, ...ofHost].toSorted()).toEqual(Object.keys(Values).toSorted())
  })

  it('is all that is missing from a working one', async () => {
    const { Values } = JSON.parse(await read('local.settings.sample.json')) as { Values: Record<string, string> }
    const filled = {
      ...Values,
      AZURE_TENANT_ID: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0001',
      STEWARD_CONFIG: JSON.stringify(parse(await read('steward.sample.yaml'))),
    }
    expect(readSettings(filled)).toMatchObject({ access: 'keys', config: { instance: 'prod' } })
  })
})
