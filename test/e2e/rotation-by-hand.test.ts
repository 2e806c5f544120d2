import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OTHER_VAULT, VAULT } from '../support/onboarding-request.ts'
import { createTokenRequest, DAY_MS, type RotationStack, startRotationStack } from '../support/rotation-stack.ts'

let world: RotationStack

beforeAll(async () => {
  world = await startRotationStack()
})
afterAll(() => world.stack.stop())

async function onboard(name: string, accessToken: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const view = await world.pipeline.onboard(createTokenRequest(name, accessToken))
  expect(view.problem).toBeNull()
  return view.result.databricks?.applicationId ?? ''
}

const rotate = (secretName: string, body?: unknown) =>
  world.pipeline.call('POST', `${world.pathOf(secretName)}/rotations`, body)
const change = (secretName: string, body: unknown) => world.pipeline.call('PATCH', world.pathOf(secretName), body)

describe('a rotation on demand', () => {
  it('replaces what is current once, however often it is asked for', async () => {
    const applicationId = await onboard('demanded')
    const before = await world.get('demanded-token')
    const answers = await Promise.all([rotate('demanded-token'), rotate('demanded-token'), rotate('demanded-token')])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(answers[0]?.headers.get('location')).toMatch(/\/api\/credentials\/kv-team\/demanded-token$/)
    await world.waitFor('demanded-token', ({ credentialId }) => credentialId !== before.credentialId)
    // The others find that what they were to replace is current no more.
    await world.fireTimer()
    const tokens = await world.tokens(applicationId)
    expect(tokens.map(({ state }) => state)).toEqual(['active', 'active'])
    expect((await world.history('demanded-token')).map(({ reason, who }) => [reason, who])).toEqual([
      ['requested', 'key'],
    ])
  })

  it('revokes the one before at once when it leaked', async () => {
    const applicationId = await onboard('leaked')
    const leaked = await world.valueOf('leaked-token')
    const before = await world.get('leaked-token')
    await rotate('leaked-token', { graceHours: 0 })
    await world.waitFor('leaked-token', (view) => view.credentialId !== before.credentialId && !view.previous.length)
    expect(await world.isAccepted(leaked, applicationId)).toBe(false)
    expect(await world.isAccepted(await world.valueOf('leaked-token'), applicationId)).toBe(true)
  })

  it('is refused when three before it are still promised, unless every grace shall end', async () => {
    const applicationId = await onboard('often')
    for (let turn = 0; turn < 3; turn += 1) {
      const { credentialId } = await world.get('often-token')
      await rotate('often-token')
      await world.waitFor('often-token', (view) => view.credentialId !== credentialId)
    }
    expect(await rotate('often-token')).toMatchObject({ status: 409, body: { code: 'in-grace' } })
    await rotate('often-token', { graceHours: 0 })
    await world.waitFor('often-token', ({ previous }) => previous.length === 0)
    const tokens = await world.tokens(applicationId)
    expect(tokens.filter(({ state }) => state === 'active')).toHaveLength(1)
  })

  it('of what Steward does not keep, or with a body that it does not know, changes nothing', async () => {
    expect(await rotate('nothing-of-ours')).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(await world.pipeline.call('POST', '/api/credentials/kv-nobody/x/rotations')).toMatchObject({ status: 404 })
    await onboard('misasked')
    const answer = await rotate('misasked-token', { graceHours: -1, when: 'now' })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    const { issues } = answer.body as { issues: { path: string }[] }
    expect(issues.map(({ path }) => path).toSorted()).toEqual(['graceHours', 'when'])
  })
})

describe('a pause', () => {
  it('keeps the timer away until the credential is resumed', async () => {
    await onboard('paused')
    expect(await change('paused-token', { state: 'paused' })).toMatchObject({
      status: 200,
      body: { state: 'paused', decision: { reason: 'paused' } },
    })
    await world.stack.control.advanceClock(65 * DAY_MS)
    await world.fireTimer()
    const before = await world.get('paused-token')
    expect(before.lastOutcome).toBeNull()
    // Resuming has it looked at, without the timer.
    await change('paused-token', { state: 'active' })
    await world.waitFor('paused-token', ({ credentialId }) => credentialId !== before.credentialId)
  })
})

describe('a change of policy', () => {
  it('has a token that outlives it replaced, and goes back to the configuration with null', async () => {
    await onboard('stricter')
    const before = await world.get('stricter-token')
    await change('stricter-token', { policy: { lifetimeDays: 40 } })
    const after = await world.waitFor('stricter-token', ({ credentialId }) => credentialId !== before.credentialId)
    expect(after).toMatchObject({ policy: { lifetimeDays: 40 }, lastOutcome: { reason: 'policy-changed' } })
    expect(Date.parse(after.expiresAt ?? '') - (await world.stack.control.now())).toBeLessThan(41 * DAY_MS)
    const { body } = await change('stricter-token', { policy: { lifetimeDays: null } })
    expect(body).toMatchObject({ policy: { lifetimeDays: 90 } })
  })

  it('that contradicts itself is refused, naming the field', async () => {
    await onboard('contradicted')
    expect(await change('contradicted-token', { policy: { lifetimeDays: 20 } })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', issues: [{ path: 'policy.renewBeforeDays' }] },
    })
    expect(await change('contradicted-token', {})).toMatchObject({ status: 400 })
  })
})

describe('a version that somebody added by hand', () => {
  it('makes the credential detached: told once, left alone, and taken back on demand', async () => {
    const applicationId = await onboard('detached')
    await world.fireTimer()
    const before = await world.get('detached-token')
    await world.stack.control.command('keyvault', 'put', { vault: VAULT, name: 'detached-token', value: 'by hand' })
    await world.stack.control.advanceClock(65 * DAY_MS)
    await world.fireTimer()
    await world.fireTimer()
    expect(await world.get('detached-token')).toMatchObject({
      state: 'needs-attention',
      decision: { action: 'none', reason: 'detached' },
    })
    const told = world.logged('credential-needs-attention')
    expect(told.filter(({ secretName }) => secretName === 'detached-token')).toMatchObject([{ reason: 'detached' }])
    expect(await world.valueOf('detached-token')).toBe('by hand')
    expect(await rotate('detached-token')).toMatchObject({ status: 409, body: { code: 'not-ours' } })
    await rotate('detached-token', { takeOver: true })
    const back = await world.waitFor('detached-token', ({ state }) => state === 'active')
    expect(back.previous.map(({ credentialId }) => credentialId)).toEqual([before.credentialId])
    expect(await world.isAccepted(await world.valueOf('detached-token'), applicationId)).toBe(true)
  })
})

describe('a token that exists already', () => {
  it('is adopted by its id, and rotated from then on', async () => {
    const name = 'adopted'
    const { result } = await world.pipeline.onboard({
      ...createTokenRequest(name),
      databricks: { workspace: createTokenRequest(name).databricks.workspace },
    })
    const applicationId = result.databricks?.applicationId ?? ''
    const { tokenId, tokenValue } = await world.stack.control.command<{ tokenId: string; tokenValue: string }>(
      'databricks',
      'seedToken',
      { applicationId, comment: 'made by hand', lifetimeMs: 300 * DAY_MS },
    )
    await world.stack.control.command('keyvault', 'put', { vault: VAULT, name: `${name}-token`, value: tokenValue })
    const refused = await world.pipeline.onboard(createTokenRequest(name))
    expect(refused.problem?.code).toBe('not-ours')
    const adopted = await world.pipeline.onboard(createTokenRequest(name, { adopt: true, tokenId }))
    expect(adopted.problem).toBeNull()
    expect(await world.valueOf(`${name}-token`)).toBe(tokenValue)
    // It lives longer than the policy lets it.
    const rotated = await world.rotateUntil(`${name}-token`, ({ credentialId }) => credentialId !== tokenId)
    expect(rotated.previous).toMatchObject([{ credentialId: tokenId }])
    await world.stack.control.advanceClock(3 * DAY_MS)
    await world.rotateUntil(`${name}-token`, ({ previous }) => previous.length === 0)
    expect(await world.isAccepted(tokenValue, applicationId)).toBe(false)
  })
})

describe('an event of Key Vault', () => {
  const post = (event: unknown) =>
    world.pipeline.call('POST', '/runtime/webhooks/eventgrid?functionName=on-secret-near-expiry', event, {
      'aeg-event-type': 'Notification',
    })
  const data = (name: string, vault = 'kv-team') => ({
    Id: `https://${vault}.vault.azure.net/secrets/${name}/1`,
    VaultName: vault,
    ObjectType: 'Secret',
    ObjectName: name,
    Version: '1',
    NBF: null,
    EXP: 1,
  })

  it.each([
    [
      'in the schema of Event Grid',
      (name: string) => [
        {
          id: '1',
          topic: '/t',
          subject: name,
          eventType: 'Microsoft.KeyVault.SecretNearExpiry',
          eventTime: '2026-11-28T00:00:00Z',
          data: data(name),
          dataVersion: '1',
          metadataVersion: '1',
        },
      ],
    ],
    [
      'in the schema of CloudEvents',
      (name: string) => ({
        specversion: '1.0',
        id: '1',
        source: '/s',
        subject: name,
        type: 'Microsoft.KeyVault.SecretNearExpiry',
        time: '2026-11-28T00:00:00Z',
        data: data(name),
      }),
    ],
  ])('has the credential looked at, %s', async (form, event) => {
    const name = form.includes('Cloud') ? 'hinted-cloud' : 'hinted'
    await onboard(name)
    const before = await world.get(`${name}-token`)
    // Nothing is due, so nothing is done.
    expect((await post(event(`${name}-token`))).status).toBe(202)
    await world.stack.control.advanceClock(61 * DAY_MS)
    expect((await world.get(`${name}-token`)).credentialId).toBe(before.credentialId)
    expect((await post(event(`${name}-token`))).status).toBe(202)
    await world.waitFor(`${name}-token`, ({ credentialId }) => credentialId !== before.credentialId)
  })

  it('about a vault that is not configured is logged, and nothing else', async () => {
    const before = world.logged('event-not-for-us').length
    await post({ id: '1', eventType: 'Microsoft.KeyVault.SecretNearExpiry', data: data('x', 'kv-elsewhere') })
    expect(world.logged('event-not-for-us').length).toBe(before + 1)
  })
})

describe('a list of credentials', () => {
  it('tells every one of every vault, and never a value', async () => {
    await world.pipeline.onboard({
      ...createTokenRequest('elsewhere'),
      databricks: {
        ...createTokenRequest('elsewhere').databricks,
        accessToken: { vault: OTHER_VAULT, secretName: 'elsewhere-token' },
      },
    })
    const { body } = await world.pipeline.call<{ credentials: { vault: string; name: string }[] }>(
      'GET',
      '/api/credentials',
    )
    expect(body.credentials.map(({ vault, name }) => [vault, name])).toContainEqual([OTHER_VAULT, 'elsewhere'])
    const { values } = await world.stack.control.command<{ values: string[] }>('databricks', 'credentialValues')
    expect(values.length).toBeGreaterThan(5)
    expect(values.filter((value) => JSON.stringify(body).includes(value))).toEqual([])
  })
})
