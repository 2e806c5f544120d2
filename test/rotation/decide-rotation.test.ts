import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPolicyContradictions, type RotationPolicy } from '../../src/platform/rotation-policy.ts'
import {
  type CredentialState,
  decideRotation,
  expiryOf,
  findDue,
  type Window,
} from '../../src/rotation/decide-rotation.ts'
import type { CredentialTags } from '../../src/trust/credential-tags.ts'
import { anyCredentialTags } from '../trust/credential-arbitraries.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const START = Date.UTC(2026, 0, 1)
const onDay = (day: number): Date => new Date(START + day * DAY_MS)
const POLICY: RotationPolicy = {
  lifetimeDays: 90,
  renewBeforeDays: 30,
  graceHours: 48,
  whenStillUsed: 'revoke',
  maxWaitHours: 168,
}
const OPEN: Window = { isOpen: true, opensAt: null }
const closedUntil = (day: number): Window => ({ isOpen: false, opensAt: onDay(day) })

const TAGS: CredentialTags = {
  kind: 'databricks-token',
  owner: { instance: 'test', name: 'etl' },
  clientId: 'client',
  credentialId: 'token',
  overrides: {},
  isPaused: false,
  previous: [],
  workspace: 'https://adb-1.1.azuredatabricks.net',
  actsBy: { kind: 'entra' },
  scope: null,
}
const OVER = [{ credentialId: 'old', retireAt: onDay(3) }]

interface Change {
  readonly tags?: Partial<CredentialTags> | null
  readonly current?: Partial<NonNullable<CredentialState['current']>> | null
  readonly live?: CredentialState['live']
  readonly more?: Partial<CredentialState>
}

/** Made on day 0 for 90 days. */
function stateOf({ tags = {}, current = {}, live, more }: Change = {}): CredentialState {
  const dates = { createdAt: onDay(0), expiresAt: onDay(90) }
  return {
    current: current && { isEnabled: true, ...dates, tags: tags && { ...TAGS, ...tags }, ...current },
    live: live === undefined ? { ...dates, lastUsedDay: null, isForgotten: true } : live,
    wasKept: false,
    nextTryAt: null,
    isProven: true,
    isOverdueForLook: false,
    hasOrphan: false,
    ...more,
  }
}

describe('what is to be done for a credential', () => {
  it.each<[string, Change, number, string]>([
    ['nothing while it is healthy', {}, 59, 'none healthy'],
    ['nothing where there is no secret', { current: null }, 1, 'none missing'],
    ['nothing for a secret of others', { tags: null }, 1, 'none not-ours'],
    ['nothing where somebody put another value', { tags: null, more: { wasKept: true } }, 70, 'none detached'],
    ['nothing when it was switched off', { current: { isEnabled: false } }, 70, 'none switched-off'],
    ['nothing when it is paused', { tags: { isPaused: true } }, 70, 'none paused'],
    ['nothing before the next try', { more: { nextTryAt: onDay(71) } }, 70, 'none backing-off'],
    ['another try when that is due', { more: { nextTryAt: onDay(70) } }, 70, 'rotate due'],
    ['a new one when it is due', {}, 60, 'rotate due'],
    ['a new one when the vault says it expired', { current: { expiresAt: onDay(5) } }, 5, 'rotate expired'],
    ['a new one when its service does not list it', { live: null }, 1, 'rotate revoked-elsewhere'],
    ['no new one when nobody asked its service', { live: 'unknown' }, 1, 'none healthy'],
    [
      'a new one when it lives longer than the policy',
      { current: { expiresAt: null }, live: 'unknown' },
      1,
      'rotate policy-changed',
    ],
    ['a copy that is pending', { tags: { scope: { scopeName: 's', isPending: true } } }, 1, 'copy copy-pending'],
    ['a new one before a copy', { tags: { scope: { scopeName: 's', isPending: true } } }, 61, 'rotate due'],
    ['the end of what it replaced', { tags: { previous: OVER } }, 3, 'retire grace-over'],
    ['no end before the grace is over', { tags: { previous: OVER } }, 2.9, 'none healthy'],
    ['a sweep', { more: { hasOrphan: true } }, 1, 'sweep orphaned'],
    ['nothing when the tags are not to be believed', { more: { isProven: false } }, 70, 'none unproven'],
    ['nothing, paused or not', { tags: { isPaused: true }, more: { isProven: false } }, 1, 'none unproven'],
    ['nothing, enabled or not', { current: { isEnabled: false }, more: { isProven: false } }, 1, 'none unproven'],
    [
      'a look when nobody asked whether the tags tell the truth',
      { more: { isProven: 'unknown' } },
      70,
      'check first-seen',
    ],
    ['a look when the last one was long ago', { more: { isOverdueForLook: true } }, 1, 'check not-looked-at-lately'],
    ['a new one rather than a look', { more: { isOverdueForLook: true } }, 61, 'rotate due'],
  ])('is %s', (_what, change, day, expected) => {
    const { action, reason } = decideRotation(stateOf(change), POLICY, OPEN, onDay(day))
    expect(`${action} ${reason}`).toBe(expected)
  })

  it.each<[string, Change, number, number, string]>([
    ['a wait for the window', {}, 60, 65, 'none outside-window'],
    ['a new one when it would expire before the window', {}, 85, 90, 'rotate expiring'],
    ['a new one at once when it does not work', { live: null }, 60, 65, 'rotate revoked-elsewhere'],
    ['the end of what it replaced', { tags: { previous: OVER } }, 60, 65, 'retire grace-over'],
    ['a copy', { tags: { scope: { scopeName: 's', isPending: true } } }, 60, 65, 'copy copy-pending'],
    ['nothing for one that is not due', {}, 59, 65, 'none healthy'],
  ])('is, outside the window, %s', (_what, change, day, opens, expected) => {
    const { action, reason } = decideRotation(stateOf(change), POLICY, closedUntil(opens), onDay(day))
    expect(`${action} ${reason}`).toBe(expected)
  })

  it('is one use when nobody used a token for long, lest it be forgotten', () => {
    const policy = { ...POLICY, lifetimeDays: 300 }
    const dates = { createdAt: onDay(0), expiresAt: onDay(300) }
    const decide = (lastUsedDay: Date | null, day: number, isForgotten = true) => {
      const live = { ...dates, lastUsedDay, isForgotten }
      return decideRotation(stateOf({ current: dates, live }), policy, OPEN, onDay(day)).action
    }
    expect([decide(null, 79), decide(null, 80), decide(onDay(40), 119), decide(onDay(40), 120)]).toEqual([
      'none',
      'touch',
      'none',
      'touch',
    ])
    expect(decide(null, 80, false)).toBe('none')
  })
})

const moment = fc.date({ min: onDay(-400), max: onDay(400), noInvalidDate: true })
const anyLive: fc.Arbitrary<CredentialState['live']> = fc.oneof(
  fc.constantFrom(null, 'unknown' as const),
  fc.record({
    createdAt: moment,
    expiresAt: fc.option(moment),
    lastUsedDay: fc.option(moment),
    isForgotten: fc.boolean(),
  }),
)
const anyState: fc.Arbitrary<CredentialState> = fc.record({
  current: fc.option(
    fc.record({
      isEnabled: fc.boolean(),
      expiresAt: fc.option(moment),
      createdAt: moment,
      tags: fc.option(anyCredentialTags),
    }),
  ),
  live: anyLive,
  wasKept: fc.boolean(),
  nextTryAt: fc.option(moment),
  isProven: fc.constantFrom(true, false, 'unknown' as const),
  isOverdueForLook: fc.boolean(),
  hasOrphan: fc.boolean(),
})
const anyPolicy: fc.Arbitrary<RotationPolicy> = fc.record({
  lifetimeDays: fc.integer({ min: 1, max: 730 }),
  renewBeforeDays: fc.integer({ min: 1, max: 365 }),
  graceHours: fc.integer({ min: 0, max: 2160 }),
  whenStillUsed: fc.constantFrom('revoke' as const, 'wait' as const),
  maxWaitHours: fc.integer({ min: 0, max: 2160 }),
})
const anyWindow: fc.Arbitrary<Window> = fc.oneof(
  fc.constant(OPEN),
  moment.map((opensAt) => ({ isOpen: false, opensAt })),
)

describe('every decision', () => {
  it('leaves alone what bears no complete tags, is switched off, paused, or under a policy that contradicts itself', () => {
    fc.assert(
      fc.property(anyState, anyPolicy, anyWindow, moment, (state, policy, window, now) => {
        const { current } = state
        const isFree = current?.tags && current.isEnabled && !current.tags.isPaused && state.isProven === true
        const { action } = decideRotation(state, policy, window, now)
        if (!isFree || findPolicyContradictions(policy).length > 0) expect(action).toMatch(/^(none|check)$/)
      }),
    )
  })

  it('ends nothing unless its successor is alive, or was not asked for', () => {
    fc.assert(
      fc.property(anyState, anyPolicy, anyWindow, moment, (state, policy, window, now) => {
        if (decideRotation(state, policy, window, now).action === 'retire') expect(state.live).not.toBeNull()
      }),
    )
  })

  it('replaces what is expired or gone, whatever the window, unless a person or a pause is in the way', () => {
    fc.assert(
      fc.property(anyState, anyWindow, moment, (state, window, now) => {
        const { current, nextTryAt } = state
        if (
          state.isProven !== true ||
          !current?.tags ||
          !current.isEnabled ||
          current.tags.isPaused ||
          (nextTryAt && nextTryAt > now)
        )
          return
        const expiresAt = expiryOf(state)
        if (!expiresAt || expiresAt > now) return
        expect(decideRotation(state, POLICY, window, now).action).toBe('rotate')
      }),
    )
  })

  it('finds a credential healthy right after its rotation, and due once in each of its lives', () => {
    const sound = anyPolicy.filter((policy) => findPolicyContradictions(policy).length === 0)
    fc.assert(
      fc.property(sound, fc.boolean(), (policy, isAsked) => {
        const make = (madeAt: number): CredentialState => {
          const dates = { createdAt: new Date(madeAt), expiresAt: new Date(madeAt + policy.lifetimeDays * DAY_MS) }
          const live = { ...dates, lastUsedDay: new Date(madeAt), isForgotten: false }
          return stateOf({ current: dates, live: isAsked ? live : 'unknown' })
        }
        let state = make(START)
        let rotations = 0
        const lives = 4
        const periodDays = policy.lifetimeDays - policy.renewBeforeDays
        for (let day = 0; day <= lives * periodDays; day += 1) {
          const now = onDay(day)
          expect(expiryOf(state)?.getTime()).toBeGreaterThan(now.getTime())
          if (decideRotation(state, policy, OPEN, now).action !== 'rotate') continue
          rotations += 1
          expect(findDue(state, policy).getTime()).toBeLessThanOrEqual(now.getTime())
          state = make(now.getTime())
          expect(decideRotation(state, policy, OPEN, now)).toEqual({ action: 'none', reason: 'healthy' })
        }
        expect(rotations).toBe(lives)
      }),
    )
  })
})
