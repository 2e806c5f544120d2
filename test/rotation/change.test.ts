import { describe, expect, it } from 'vitest'
import { StewardError } from '../../src/platform/errors.ts'
import { changeCredential, parseCredentialChange, parseRotationRequest } from '../../src/rotation/change.ts'
import { VAULT } from '../support/onboarding-request.ts'
import { createPass } from './pass.ts'
import { createRotationWorld, TOKEN } from './rotation-world.ts'

function issuesOf(parse: () => unknown): string[] {
  try {
    parse()
  } catch (error) {
    if (error instanceof StewardError && error.code === 'invalid-request') return error.issues.map(({ path }) => path)
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the body of a rotation', () => {
  it('may be empty', () => {
    expect(parseRotationRequest({})).toEqual({ takeOver: false })
  })

  it('may have a grace of its own, and take over', () => {
    expect(parseRotationRequest({ graceHours: 0, takeOver: true })).toEqual({ graceHours: 0, takeOver: true })
  })

  it.each([
    ['an unknown field', { graceDays: 1 }],
    ['a grace that is no whole number of hours', { graceHours: 1.5 }],
    ['a grace in the past', { graceHours: -1 }],
    ['a grace without end', { graceHours: 2161 }],
    ['a text for a yes', { takeOver: 'true' }],
    ['no object', 'now'],
  ])('is refused with %s', (_what, body) => {
    expect(issuesOf(() => parseRotationRequest(body))).toHaveLength(1)
  })
})

describe('the body of a change', () => {
  it('has a state, a policy, or both', () => {
    const both = { state: 'paused', policy: { graceHours: 72, lifetimeDays: null } }
    expect(parseCredentialChange(both)).toEqual(both)
    expect(parseCredentialChange({ state: 'active' })).toEqual({ state: 'active' })
  })

  it('tells all that is wrong at once', () => {
    const policy = { lifetimeDays: 0, renewBeforeDays: 366, whenStillUsed: 'ask', grace: 1 }
    expect(issuesOf(() => parseCredentialChange({ state: 'off', policy })).toSorted()).toEqual([
      'policy.grace',
      'policy.lifetimeDays',
      'policy.renewBeforeDays',
      'policy.whenStillUsed',
      'state',
    ])
  })

  it('is refused when nothing is to be changed', () => {
    expect(issuesOf(() => parseCredentialChange({}))).toHaveLength(1)
  })
})

describe('a change', () => {
  const ref = { vaultUrl: VAULT, secretName: TOKEN }
  const asker = { who: 'caller', correlationId: 'correlation' }

  it('is written to the tags, keeps those of others, and is on record before it is made', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token', { overrides: { graceHours: 24 } })
    const current = world.vault.currentOf(TOKEN)
    if (current) current.tags['team'] = 'etl'
    const policy = { graceHours: null, lifetimeDays: 60 }
    await changeCredential(world.portsOf(createPass()), ref, { state: 'paused', policy }, asker)
    expect(world.tagsOf(TOKEN)).toMatchObject({ isPaused: true, overrides: { lifetimeDays: 60 } })
    expect(world.tagsOf(TOKEN)?.overrides).not.toHaveProperty('graceHours')
    expect(current?.tags['team']).toBe('etl')
    expect(world.audited.map(({ outcome }) => outcome)).toEqual(['started', 'done'])
    expect(world.queue).toHaveLength(1)
  })

  it('that makes the policy contradict itself changes nothing', async () => {
    const world = createRotationWorld()
    world.onboard('databricks-token')
    const before = { ...world.vault.currentOf(TOKEN)?.tags }
    const change = changeCredential(world.portsOf(createPass()), ref, { policy: { lifetimeDays: 20 } }, asker)
    await expect(change).rejects.toMatchObject({
      code: 'invalid-request',
      issues: [{ path: 'policy.renewBeforeDays' }],
    })
    expect(world.vault.currentOf(TOKEN)?.tags).toEqual(before)
    expect(world.audited).toEqual([])
  })

  it.each([
    ['not-found', false, {}],
    ['not-ours', true, {}],
  ])('is refused as %s where Steward keeps nothing', async (code, isThere, tags) => {
    const world = createRotationWorld()
    if (isThere) world.vault.add(TOKEN, { value: 'by-hand', expiresAt: null, tags, by: 'person' })
    const change = changeCredential(world.portsOf(createPass()), ref, { state: 'paused' }, asker)
    await expect(change).rejects.toMatchObject({ code })
    await expect(world.request(TOKEN)).rejects.toMatchObject({ code })
  })
})
