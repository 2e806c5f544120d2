import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VAULT, WORKSPACE } from '../support/onboarding-request.ts'
import {
  createTokenRequest,
  DAY_MS,
  HOUR_MS,
  type RotationStack,
  startRotationStack,
} from '../support/rotation-stack.ts'

let world: RotationStack

beforeAll(async () => {
  world = await startRotationStack()
})
afterAll(() => world.stack.stop())

async function onboard(body: Readonly<Record<string, unknown>>) {
  const view = await world.pipeline.onboard(body)
  expect(view.problem).toBeNull()
  return view.result.databricks?.applicationId ?? ''
}

describe('a token that is due', () => {
  it('is replaced, used before it counts, and the one before is revoked after its grace', async () => {
    const applicationId = await onboard(createTokenRequest('due'))
    const first = await world.valueOf('due-token')
    const before = await world.get('due-token')
    await world.stack.control.advanceClock(61 * DAY_MS)
    const rotated = await world.rotateUntil('due-token', ({ credentialId }) => credentialId !== before.credentialId)
    expect(rotated).toMatchObject({
      state: 'active',
      issuedBy: 'federated-identity',
      decision: { action: 'none', reason: 'healthy' },
      previous: [{ credentialId: before.credentialId }],
      lastOutcome: { action: 'rotate', reason: 'due' },
    })
    const second = await world.valueOf('due-token')
    expect(await world.isAccepted(second, applicationId)).toBe(true)
    expect(await world.isAccepted(first, applicationId)).toBe(true)
    await world.stack.control.advanceClock(49 * HOUR_MS)
    await world.rotateUntil('due-token', ({ previous }) => previous.length === 0)
    expect(await world.isAccepted(first, applicationId)).toBe(false)
    expect(await world.isAccepted(second, applicationId)).toBe(true)
    const tokens = await world.tokens(applicationId)
    expect(tokens.map(({ state }) => state)).toEqual(['revoked', 'active'])
    expect((await world.history('due-token')).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['retire', 'done'],
      ['rotate', 'done'],
    ])
  })

  it('leaves the version that held the one before disabled', async () => {
    const { vaults } = await world.stack.control.command<{
      vaults: { vault: string; secrets: { name: string; versions: { attributes: { enabled: boolean } }[] }[] }[]
    }>('keyvault', 'inspect')
    const secret = vaults.flatMap(({ secrets }) => secrets).find(({ name }) => name === 'due-token')
    expect(secret?.versions.map(({ attributes }) => attributes.enabled)).toEqual([false, true])
  })

  it('is rotated for each kind of principal, as whom Steward can act', async () => {
    const managed = await onboard({
      name: 'managed',
      servicePrincipal: { kind: 'databricks', displayName: 'managed' },
      databricks: { workspace: WORKSPACE, accessToken: { vault: VAULT, secretName: 'managed-token' } },
    })
    const secret = { vault: VAULT, secretName: 'by-secret-secret', lifetimeDays: 400 }
    const bySecret = await onboard({
      ...createTokenRequest('by-secret', { signIn: 'client-secret' }),
      clientSecret: secret,
    })
    const issuers = await Promise.all(
      ['managed-token', 'by-secret-token'].map(async (name) => (await world.get(name)).issuedBy),
    )
    expect(issuers).toEqual(['databricks-oauth', 'client-secret'])
    const before = await Promise.all([world.get('managed-token'), world.get('by-secret-token')])
    await world.stack.control.advanceClock(61 * DAY_MS)
    await world.fireTimer()
    const [first, second] = before
    await world.waitFor('managed-token', ({ credentialId }) => credentialId !== first?.credentialId)
    await world.waitFor('by-secret-token', ({ credentialId }) => credentialId !== second?.credentialId)
    expect(await world.isAccepted(await world.valueOf('managed-token'), managed)).toBe(true)
    expect(await world.isAccepted(await world.valueOf('by-secret-token'), bySecret)).toBe(true)
  })

  it('is copied again into the scope that holds a copy', async () => {
    const request = createTokenRequest('copied')
    const applicationId = await onboard({
      ...request,
      databricks: { ...request.databricks, secretScope: { name: 'copied' } },
    })
    const { credentialId } = await world.get('copied-token')
    await world.stack.control.advanceClock(61 * DAY_MS)
    await world.rotateUntil('copied-token', (view) => view.credentialId !== credentialId)
    const value = await world.valueOf('copied-token')
    const { workspaces } = await world.stack.control.command<{
      workspaces: { scopes: { name: string; keys: string[] }[] }[]
    }>('databricks', 'inspect')
    const scope = workspaces[0]?.scopes.find(({ name }) => name === 'steward-prod-copied')
    expect(scope?.keys).toEqual(['copied-token'])
    expect(await world.isAccepted(value, applicationId)).toBe(true)
    // The onboarding finds the copy as it should be.
    const again = await world.pipeline.onboard({
      ...request,
      databricks: { ...request.databricks, secretScope: { name: 'copied' } },
    })
    expect(again.steps.filter(({ status }) => status !== 'unchanged')).toEqual([])
  })
})

describe('a client secret that is due', () => {
  it('is replaced by the same engine, and removed from the application after its grace', async () => {
    await world.pipeline.onboard({
      name: 'spark',
      servicePrincipal: { kind: 'entra', displayName: 'spark' },
      clientSecret: { vault: VAULT, secretName: 'spark-secret', lifetimeDays: 60 },
    })
    const before = await world.get('spark-secret')
    expect(before).toMatchObject({ kind: 'client-secret', policy: { lifetimeDays: 60 }, issuedBy: null })
    await world.stack.control.advanceClock(31 * DAY_MS)
    await world.rotateUntil('spark-secret', ({ credentialId }) => credentialId !== before.credentialId)
    await world.stack.control.advanceClock(3 * DAY_MS)
    const after = await world.rotateUntil('spark-secret', ({ previous }) => previous.length === 0)
    const { applications } = await world.stack.control.command<{
      applications: { displayName: string; passwordCredentials: { keyId: string }[] }[]
    }>('graph', 'inspect')
    const application = applications.find(({ displayName }) => displayName === 'spark')
    expect(application?.passwordCredentials.map(({ keyId }) => keyId)).toEqual([after.credentialId])
  })
})

describe('a previous token that is still used', () => {
  it('waits as long as the policy says, and the status says so', async () => {
    const policy = { whenStillUsed: 'wait', maxWaitHours: 72 }
    const applicationId = await onboard(createTokenRequest('clung', { policy }))
    const kept = await world.valueOf('clung-token')
    const { credentialId } = await world.get('clung-token')
    await world.stack.control.advanceClock(61 * DAY_MS)
    await world.rotateUntil('clung-token', (view) => view.credentialId !== credentialId)
    await world.stack.control.advanceClock(30 * HOUR_MS)
    expect(await world.isAccepted(kept, applicationId)).toBe(true)
    await world.stack.control.advanceClock(30 * HOUR_MS)
    const waiting = await world.rotateUntil('clung-token', (view) => view.previousStillUsedUntil !== null)
    expect(waiting.previous).toHaveLength(1)
    expect(await world.isAccepted(kept, applicationId)).toBe(true)
    await world.stack.control.advanceClock(72 * HOUR_MS)
    await world.rotateUntil('clung-token', ({ previous }) => previous.length === 0)
    expect(await world.isAccepted(kept, applicationId)).toBe(false)
    expect((await world.history('clung-token'))[0]).toMatchObject({ action: 'retire', reason: 'waited-long-enough' })
  })
})

describe('a token that nobody used for long', () => {
  it('is used once, so that Databricks does not take it for forgotten', async () => {
    const applicationId = await onboard(createTokenRequest('idle', { lifetimeDays: 200 }))
    await world.stack.control.advanceClock(82 * DAY_MS)
    await world.rotateUntil('idle-token', ({ lastOutcome }) => lastOutcome?.action === 'touch')
    await world.stack.control.advanceClock(50 * DAY_MS)
    expect(await world.isAccepted(await world.valueOf('idle-token'), applicationId)).toBe(true)
  })
})

describe('a client secret that expired', () => {
  it('is replaced when the timer comes back', async () => {
    await world.pipeline.onboard({
      name: 'late',
      servicePrincipal: { kind: 'entra', displayName: 'late' },
      clientSecret: { vault: VAULT, secretName: 'late-secret', lifetimeDays: 60 },
    })
    const before = await world.get('late-secret')
    await world.stack.control.advanceClock(70 * DAY_MS)
    const after = await world.rotateUntil('late-secret', ({ credentialId }) => credentialId !== before.credentialId)
    expect(after).toMatchObject({ state: 'active', previous: [], lastOutcome: { reason: 'expired' } })
  })
})
