import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWrite, takeInventory } from '../../local/inspection.ts'
import { type ApiAnswer, createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createRequest, OTHER_VAULT, VAULT } from '../support/onboarding-request.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

interface ProblemBody {
  readonly code: string
  readonly detail: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}

/** The answer, having seen that nothing was written anywhere on its way. */
async function refused(call: () => Promise<ApiAnswer<ProblemBody>>): Promise<ApiAnswer<ProblemBody>> {
  const before = (await stack.control.requests()).at(-1)?.seq ?? 0
  const answer = await call()
  expect((await stack.control.requests(before)).filter(isWrite)).toEqual([])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return answer
}

const post = (path: string, body: unknown) => refused(() => pipeline.call('POST', path, body))

describe('bad input changes nothing and is told at once', () => {
  it('names every issue with its path', async () => {
    const { status, body } = await post('/api/onboardings', {
      name: 'Not A Name',
      servicePrincipal: { kind: 'entra', displayName: '' },
      clientSecret: { vault: 'kv', secretName: 'under_score', lifetimeDays: 0 },
      surprise: true,
    })
    expect(status).toBe(400)
    expect(body.issues?.map(({ path }) => path)).toEqual([
      'name',
      'servicePrincipal.displayName',
      'clientSecret.vault',
      'clientSecret.secretName',
      'clientSecret.lifetimeDays',
      'surprise',
    ])
  })

  it.each(['', '{', '[]', 'null'])('refuses a body that is no object: %s', async (body) => {
    expect((await post('/api/onboardings', body)).status).toBe(400)
  })

  it('knows no other steps and no other ids', async () => {
    expect((await post('/api/onboarding-steps/coffee', createRequest('unknown'))).status).toBe(404)
    const answer = await refused(() => pipeline.call('GET', '/api/onboardings/nothing'))
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found'])
  })

  it.each([
    [
      'a life that ends before it is renewed',
      { lifetimeDays: 30 },
      [['clientSecret.policy.renewBeforeDays', '(30) must be less than lifetimeDays (30)']],
    ],
    [
      'a renewal as early as the life is long',
      { lifetimeDays: 90, policy: { renewBeforeDays: 90 } },
      [['clientSecret.policy.renewBeforeDays', '(90) must be less than lifetimeDays (90)']],
    ],
    [
      'a grace beyond the life of what was replaced',
      { lifetimeDays: 180, policy: { renewBeforeDays: 1 } },
      [['clientSecret.policy.graceHours', '(48) must be at most renewBeforeDays (1 days)']],
    ],
    [
      'everything at once',
      { lifetimeDays: 1, policy: { renewBeforeDays: 1, graceHours: 25 } },
      [
        ['clientSecret.policy.renewBeforeDays', '(1) must be less than lifetimeDays (1)'],
        ['clientSecret.policy.graceHours', '(25) must be at most renewBeforeDays (1 days)'],
      ],
    ],
  ])('refuses a policy that contradicts itself or the configuration: %s', async (_what, change, issues) => {
    const { clientSecret, ...request } = createRequest('contradictory')
    const body = { ...request, clientSecret: { ...clientSecret, ...change } }
    for (const path of ['/api/onboardings', '/api/onboardings?dryRun=true', '/api/onboarding-steps/client-secret']) {
      const answer = await post(path, body)
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'invalid-request'])
      expect(answer.body.issues).toMatchObject(
        issues.map(([at, message]) => ({ path: at, message: expect.stringContaining(message ?? '') })),
      )
    }
  })

  it('refuses the policies of every credential together', async () => {
    const request = createRequest('contradictory')
    const accessToken = { vault: VAULT, secretName: 'contradictory-token', policy: { renewBeforeDays: 90 } }
    const { status, body } = await post('/api/onboardings', {
      ...request,
      clientSecret: { ...request.clientSecret, lifetimeDays: 30 },
      databricks: { ...request.databricks, accessToken },
    })
    expect(status).toBe(400)
    expect(body.issues?.map(({ path }) => path)).toEqual([
      'clientSecret.policy.renewBeforeDays',
      'databricks.accessToken.policy.renewBeforeDays',
    ])
  })

  it('refuses a step that the request has no section for', async () => {
    const { databricks: _, ...request } = createRequest('nothing-to-do')
    const { status, body } = await post('/api/onboarding-steps/workspace-principal', request)
    expect([status, body.issues?.map(({ path }) => path)]).toEqual([400, ['databricks']])
  })

  it('lets nobody in without a key', async () => {
    const stranger = createPipeline(stack.baseUrl, 'wrong')
    expect((await fetch(`${stack.baseUrl}/api/onboardings`, { method: 'POST', body: '{}' })).status).toBe(401)
    await expect(stranger.onboard(createRequest('stranger'))).rejects.toThrow('401')
  })
})

describe('what the configuration does not allow', () => {
  it('is refused as a whole, each with the setting to change', async () => {
    const { status, body } = await post('/api/onboardings', {
      ...createRequest('greedy'),
      clientSecret: { vault: 'https://kv-elsewhere.vault.azure.net', secretName: 's' },
      databricks: {
        workspace: 'https://adb-1.1.azuredatabricks.net',
        entitlements: ['allow-instance-pool-create'],
        groups: ['admins'],
      },
    })
    expect([status, body.code]).toEqual([403, 'not-allowed'])
    expect(body.issues).toMatchObject([
      { path: 'clientSecret.vault', message: expect.stringContaining('vaults in steward.yaml') },
      { path: 'databricks.workspace', message: expect.stringContaining('databricks.workspaces in steward.yaml') },
      {
        path: 'databricks.entitlements[0]',
        message: expect.stringContaining('databricks.entitlements in steward.yaml'),
      },
      { path: 'databricks.groups[0]', message: expect.stringContaining('databricks.groups in steward.yaml') },
    ])
  })
})

describe('what is not ours', () => {
  it('is a secret that somebody else put there', async () => {
    await stack.control.command('keyvault', 'put', { vault: VAULT, name: 'foreign-secret', value: 'theirs' })
    const request = createRequest('foreign')
    for (const path of ['/api/onboardings?dryRun=true', '/api/onboarding-steps/client-secret']) {
      const { status, body } = await post(path, request)
      expect([path, status, body.code]).toEqual([path, 409, 'not-ours'])
      expect(body.detail).toContain('secret foreign-secret in kv-team.vault.azure.net')
    }
    const view = await pipeline.onboard(request)
    expect([view.status, view.problem?.code]).toEqual(['failed', 'not-ours'])
    expect(view.steps.map(({ step, status }) => [step, status])).toEqual([
      ['application', 'skipped'],
      ['client-secret', 'failed'],
      ['workspace-principal', 'skipped'],
    ])
    expect(
      (await takeInventory(stack.control)).applications.filter(({ displayName }) => displayName === 'foreign'),
    ).toEqual([])
  })

  it('is a workspace principal that somebody else made, unless its very id is adopted', async () => {
    await pipeline.onboard({ ...createRequest('taken'), clientSecret: undefined, databricks: undefined })
    const plain = await pipeline.call<{ result: { clientId: string } }>(
      'POST',
      '/api/onboarding-steps/application',
      createRequest('taken'),
    )
    const applicationId = plain.body.result.clientId
    const { ids } = await stack.control.command<{ ids: string[] }>('databricks', 'seed', {
      resources: [
        {
          kind: 'ServicePrincipal',
          applicationId,
          displayName: 'made by hand',
        },
      ],
    })
    const request = { ...createRequest('taken'), clientSecret: undefined }
    const { status, body } = await post('/api/onboardings?dryRun=true', request)
    expect([status, body.code]).toEqual([409, 'not-ours'])
    expect(body.detail).toContain('"adopt": true')
    const adopting = { ...request, databricks: { ...request.databricks, servicePrincipalId: ids[0], adopt: true } }
    const view = await pipeline.onboard(adopting)
    expect(view.steps.at(-1)).toMatchObject({ status: 'changed', changes: [{ reason: 'adopted' }, {}, {}] })
    expect((await pipeline.onboard(request)).steps.at(-1)?.status).toBe('unchanged')
  })

  it('belongs to another onboarding when its tags say so', async () => {
    await pipeline.onboard(createRequest('owner'))
    const thief = { ...createRequest('thief'), clientSecret: createRequest('owner').clientSecret }
    const { status, body } = await post('/api/onboardings?dryRun=true', thief)
    expect([status, body.code]).toEqual([409, 'belongs-to-another'])
    expect(body.detail).toContain('"owner"')
  })
})

describe('adopting an application', () => {
  it('uses the one that is named', async () => {
    const { appId } = await stack.control.command<{ appId: string }>('graph', 'createApplication', {
      displayName: 'made by hand',
      owners: [stack.cloud.settings.identity.objectId],
    })
    const request = createRequest('adopted')
    const view = await pipeline.onboard({
      ...request,
      servicePrincipal: { ...request.servicePrincipal, clientId: appId, adopt: true },
    })
    expect([view.status, view.result.clientId]).toEqual(['succeeded', appId])
  })

  it('fails at once for a wrong id', async () => {
    const clientId = '99999999-9999-9999-9999-999999999999'
    const servicePrincipal = { kind: 'entra', displayName: 'x', clientId, adopt: true }
    const startedAt = performance.now()
    const { status, body } = await post('/api/onboardings?dryRun=true', { name: 'wrong-id', servicePrincipal })
    expect([status, body.code]).toEqual([404, 'not-found'])
    expect(body.detail).toContain(clientId)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})

describe('a right that Steward lacks', () => {
  const identity = () => stack.cloud.settings.identity
  const setGraph = (roles: string[]) =>
    stack.control.command('graph', 'setGraphRoles', { oid: identity().objectId, roles, atOnce: true })
  const setVault = (role: string | null) =>
    stack.control.command('keyvault', 'setRole', { vault: OTHER_VAULT, oid: identity().objectId, role })
  it.each([
    ['Application.ReadWrite.OwnedBy', () => setGraph([]), () => setGraph(['Application.ReadWrite.OwnedBy'])],
    ['Key Vault Secrets Officer', () => setVault(null), () => setVault('Key Vault Secrets Officer')],
  ])('is named with the identity and who can grant it: %s', async (right, takeAway, giveBack) => {
    await takeAway()
    const { clientSecret, ...request } = createRequest('powerless')
    const { status, body } = await post('/api/onboardings?dryRun=true', {
      ...request,
      clientSecret: { ...clientSecret, vault: OTHER_VAULT },
    })
    await giveBack()
    expect([status, body.code]).toEqual([502, 'upstream-denied'])
    expect(body.detail).toContain(right)
    expect(body.detail).toContain(identity().clientId)
    expect(body.detail).toMatch(/granted by/)
  })

  it('is named also when only a change needs it, and what does not need it is done', async () => {
    const setAdmin = (admin: boolean) =>
      stack.control.command('databricks', 'setAdmin', { applicationId: identity().clientId, admin })
    await setAdmin(false)
    const view = await pipeline.onboard(createRequest('unassisted'))
    await setAdmin(true)
    expect([view.status, view.problem?.code]).toEqual(['failed', 'upstream-denied'])
    expect(view.steps.map(({ status }) => status)).toEqual(['changed', 'changed', 'failed'])
    expect(view.problem?.detail).toMatch(
      new RegExp(`${identity().clientId}.*group "admins".*granted by a workspace admin`),
    )
  })
})
