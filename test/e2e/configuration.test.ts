import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, type StackOptions, startStack } from '../../local/stack.ts'
import { createRequest } from '../support/onboarding-request.ts'
import { FUNCTION_NAMES } from '../support/registered-functions.ts'

interface ProblemBody {
  readonly code: string
  readonly detail: string
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly correlationId: string
}

const sample = parse(await readFile(new URL('../../steward.sample.yaml', import.meta.url), 'utf8'))

/** Every function that asks for settings before anything else. */
const CALLS = [
  ['POST', '/api/onboardings', createRequest('never')],
  ['POST', '/api/onboardings?dryRun=true', 'no JSON'],
  ['GET', '/api/onboardings', undefined],
  ['GET', '/api/onboardings/nothing', undefined],
  ['POST', '/api/onboarding-steps/application', createRequest('never')],
  ['POST', '/api/onboarding-steps/coffee', undefined],
] as const

describe.each<[string, StackOptions, Record<string, RegExp>]>([
  [
    'with wrong values and keys that nobody knows',
    {
      config: {
        ...sample,
        instance: 'Prod!',
        vaults: [{ ...sample.vaults[0], url: 'http://kv-steward.vault.azure.net', dedicated: true }],
        databricks: { ...sample.databricks, groups: ['etl', 'admins'], grups: [] },
        tyop: 1,
      },
      settings: { AZURE_TENANT_ID: 'contoso' },
    },
    {
      AZURE_TENANT_ID: /tenant/,
      'STEWARD_CONFIG.instance': /lower-case/,
      'STEWARD_CONFIG.vaults[0].url': /https/,
      'STEWARD_CONFIG.vaults[0].dedicated': /not known/,
      'STEWARD_CONFIG.databricks.groups[1]': /allowAdmins: true/,
      'STEWARD_CONFIG.databricks.grups': /not known/,
      'STEWARD_CONFIG.tyop': /not known/,
    },
  ],
  [
    'with what only the whole of it shows to be wrong',
    {
      config: {
        ...sample,
        vaults: [sample.vaults[0], sample.vaults[0]],
        databricks: { ...sample.databricks, groups: ['Admins'] },
      },
    },
    { 'STEWARD_CONFIG.vaults[1].url': /twice/, 'STEWARD_CONFIG.databricks.groups[0]': /allowAdmins: true/ },
  ],
  [
    'of more than 30 000 characters, with an access mode that is none',
    { config: { ...sample, $schema: 'x'.repeat(30_000) }, settings: { STEWARD_ACCESS: 'everybody' } },
    { STEWARD_CONFIG: /has 3\d{4} characters, more than 30000/, STEWARD_ACCESS: /"keys" or "entra"/ },
  ],
  ['that is no JSON', { settings: { STEWARD_CONFIG: 'instance: prod' } }, { STEWARD_CONFIG: /not JSON/ }],
])('a configuration %s', (_what, options, expected) => {
  let stack: Stack
  let pipeline: Pipeline
  beforeAll(async () => {
    stack = await startStack(options)
    pipeline = createPipeline(stack.baseUrl)
  })
  afterAll(() => stack.stop())

  const expectIssues = (issues: ProblemBody['issues']): void => {
    expect(issues.map(({ path }) => path).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const { path, message } of issues) expect(message).toMatch(expected[path] ?? /^never$/)
  }

  it('leaves every function registered', () => {
    expect(stack.hosts[0]?.report.functions).toBe(FUNCTION_NAMES.length)
  })

  it('is told by every call, every issue at once', async () => {
    for (const [method, path, body] of CALLS) {
      const answer = await pipeline.call<ProblemBody>(method, path, body)
      expect([path, answer.status, answer.body.code]).toEqual([path, 503, 'configuration-invalid'])
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expectIssues(answer.body.issues)
    }
  })

  it('is told to nobody without a key, and health says no more than that it is not ready', async () => {
    expect((await createPipeline(stack.baseUrl, '').call('GET', '/api/onboardings')).status).toBe(401)
    const { status, body } = await createPipeline(stack.baseUrl, '').call('GET', '/api/health')
    expect([status, body]).toEqual([503, { status: 'not-ready' }])
  })

  it('is in the log, every issue, when health alone is asked', async () => {
    const host = await stack.startHost()
    await createPipeline(host.baseUrl, '').call('GET', '/api/health')
    const logged = () => host.child.output.find((line) => line.includes('"event":"configuration-invalid"')) ?? ''
    await expect.poll(logged).not.toBe('')
    const line = logged()
    expectIssues((JSON.parse(line.slice(line.indexOf('{'))) as ProblemBody).issues)
  })

  it('makes the app call nobody', async () => {
    expect(await stack.control.requests()).toEqual([])
  })
})
