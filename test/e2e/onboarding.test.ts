import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWrite, takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createRequest, VAULT, WORKSPACE } from '../support/onboarding-request.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

async function writesDuring(work: () => Promise<unknown>): Promise<number> {
  const before = (await stack.control.requests()).at(-1)?.seq ?? 0
  await work()
  return (await stack.control.requests(before)).filter(isWrite).length
}

async function workspacePrincipals(displayName: string) {
  const { workspaces } = await takeInventory(stack.control)
  return (workspaces[0]?.servicePrincipals ?? []).filter((principal) => principal.displayName === displayName)
}

describe('onboarding a Microsoft Entra principal', () => {
  it('makes one of everything, and says how to use it', async () => {
    const view = await pipeline.onboard(createRequest('whole'))
    expect(view).toMatchObject({ status: 'succeeded', problem: null, nextAttemptAt: null })
    expect(view.steps.map(({ step, status }) => [step, status])).toEqual([
      ['application', 'changed'],
      ['client-secret', 'changed'],
      ['workspace-principal', 'changed'],
    ])
    expect(view.result).toMatchObject({
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clientSecret: { keyVaultReference: `@Microsoft.KeyVault(SecretUri=${VAULT}/secrets/whole-secret)` },
      databricks: { workspace: WORKSPACE, applicationId: view.result.clientId },
    })
  })

  it('writes nothing when everything is as wished', async () => {
    await pipeline.onboard(createRequest('twice'))
    let again: OnboardingView | undefined
    const writes = await writesDuring(async () => {
      again = await pipeline.onboard(createRequest('twice'))
    })
    expect(again?.steps.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged'])
    expect(writes).toBe(0)
  })

  it('adds what a person took away, and leaves what others gave', async () => {
    await pipeline.onboard(createRequest('drifted'))
    const [principal] = await workspacePrincipals('drifted')
    await stack.control.command('databricks', 'removeMember', { group: 'etl', applicationId: principal?.applicationId })
    const again = await pipeline.onboard(createRequest('drifted'))
    expect(again.steps.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'changed'])
    expect((await workspacePrincipals('drifted'))[0]?.groups?.map(({ display }) => display)).toContain('etl')
  })

  it('renews the client secret once it has expired', async () => {
    const { clientSecret, ...principal } = createRequest('expiring')
    const policy = { renewBeforeDays: 1, graceHours: 0 }
    const request = {
      ...principal,
      clientSecret: { ...clientSecret, lifetimeDays: 3, policy },
      databricks: undefined,
    }
    const first = await pipeline.onboard(request)
    await stack.control.advanceClock(4 * 24 * 60 * 60 * 1000)
    const second = await pipeline.onboard(request)
    expect(second.steps[1]).toMatchObject({ status: 'changed', changes: [{ action: 'update', reason: 'expired' }] })
    expect(second.result.clientSecret?.version).not.toBe(first.result.clientSecret?.version)
  })
})

describe('onboarding a principal that Databricks manages', () => {
  it('makes it in the workspace alone, once', async () => {
    const request = {
      name: 'managed',
      servicePrincipal: { kind: 'databricks', displayName: 'managed' },
      databricks: { workspace: WORKSPACE, groups: ['etl'] },
    }
    const first = await pipeline.onboard(request)
    expect(first.steps.map(({ step, status }) => [step, status])).toEqual([['workspace-principal', 'changed']])
    const again = await pipeline.onboard(request)
    expect(again.steps.map(({ status }) => status)).toEqual(['unchanged'])
    expect(await workspacePrincipals('managed')).toHaveLength(1)
    expect(again.result.databricks).toEqual(first.result.databricks)
  })
})

describe('a single step', () => {
  it('is refused while what it needs is missing, and writes nothing', async () => {
    const writes = await writesDuring(async () => {
      const { status, body } = await pipeline.call('POST', '/api/onboarding-steps/client-secret', createRequest('step'))
      expect([status, body]).toMatchObject([409, { code: 'needs', detail: expect.stringContaining('application') }])
    })
    expect(writes).toBe(0)
  })

  it('is done within the call, and the next one builds on it', async () => {
    const application = await pipeline.call<OnboardingView>(
      'POST',
      '/api/onboarding-steps/application',
      createRequest('steps'),
    )
    expect([application.status, application.body.steps]).toMatchObject([
      200,
      [{ step: 'application', status: 'changed' }],
    ])
    const secret = await pipeline.call<OnboardingView>(
      'POST',
      '/api/onboarding-steps/client-secret',
      createRequest('steps'),
    )
    expect([secret.status, secret.body.steps]).toMatchObject([200, [{ step: 'client-secret', status: 'changed' }]])
    expect(await workspacePrincipals('steps')).toHaveLength(0)
  })
})

describe('an Idempotency-Key', () => {
  it('gives the same onboarding for the same body, and 422 for another', async () => {
    const headers = { 'idempotency-key': 'deploy-42' }
    const post = (name: string) =>
      pipeline.call<OnboardingView>('POST', '/api/onboardings', createRequest(name), headers)
    const first = await post('keyed')
    const again = await post('keyed')
    const other = await post('keyed-other')
    expect([again.status, again.body.id]).toEqual([202, first.body.id])
    expect([other.status, other.body]).toMatchObject([422, { code: 'idempotency-key-reused' }])
    await pipeline.follow(first.headers.get('location') ?? '')
  })
})

describe('looking back', () => {
  it('lists the newest onboarding first', async () => {
    const first = await pipeline.onboard({ ...createRequest('older'), clientSecret: undefined, databricks: undefined })
    const second = await pipeline.onboard({ ...createRequest('newer'), clientSecret: undefined, databricks: undefined })
    const { body } = await pipeline.call<{ onboardings: OnboardingView[] }>('GET', '/api/onboardings?limit=2')
    expect(body.onboardings.map(({ id }) => id)).toEqual([second.id, first.id])
  })
})
