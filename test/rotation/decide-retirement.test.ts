import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RotationPolicy } from '../../src/platform/rotation-policy.ts'
import { decideRetirement, type RetiringState } from '../../src/rotation/decide-retirement.ts'

const HOUR_MS = 60 * 60 * 1000
const at = (text: string): Date => new Date(`2026-03-${text}:00Z`)
const WAITING: RotationPolicy = {
  lifetimeDays: 90,
  renewBeforeDays: 30,
  graceHours: 48,
  whenStillUsed: 'wait',
  maxWaitHours: 24,
}

function stateOf(change: Partial<RetiringState> = {}): RetiringState {
  return {
    previous: { credentialId: 'old', retireAt: at('03T10:00') },
    replacedAt: at('01T10:00'),
    live: { lastUsedDay: null },
    tracksUse: true,
    ...change,
  }
}

describe('a credential that was replaced', () => {
  it.each<[string, Partial<RetiringState>, string, string]>([
    ['is kept to the last moment of its grace', {}, '03T09:59', 'keep in-grace'],
    ['goes when its grace is over', {}, '03T10:00', 'revoke unused'],
    ['goes from the tags when it is dead already', { live: null }, '01T11:00', 'revoke already-gone'],
    [
      'may have been used on the day of the rotation',
      { live: { lastUsedDay: at('01T00:00') } },
      '03T10:00',
      'revoke unused',
    ],
    [
      'is waited for when it was used a day later',
      { live: { lastUsedDay: at('02T00:00') } },
      '03T10:00',
      'keep still-used',
    ],
    ['is waited for up to the bound', { live: { lastUsedDay: at('04T00:00') } }, '04T09:59', 'keep still-used'],
    ['is waited for no longer', { live: { lastUsedDay: at('04T00:00') } }, '04T10:00', 'revoke waited-long-enough'],
    ['goes on time when its service tells no use', { tracksUse: false }, '03T10:00', 'revoke usage-unknown'],
    ['goes on time when nobody knows its successor', { replacedAt: null }, '03T10:00', 'revoke usage-unknown'],
    [
      'goes on time after less than two days of grace',
      { replacedAt: at('01T12:00'), live: { lastUsedDay: at('03T00:00') } },
      '03T10:00',
      'revoke usage-unknown',
    ],
    [
      'has two days of grace although its successor was made a moment after they began',
      { replacedAt: at('01T10:01'), live: { lastUsedDay: at('02T00:00') } },
      '03T10:00',
      'keep still-used',
    ],
  ])('%s', (_what, change, now, expected) => {
    const { action, reason } = decideRetirement(stateOf(change), WAITING, at(now))
    expect(`${action} ${reason}`).toBe(expected)
  })

  it('goes although it is used, if the policy says so', () => {
    const state = stateOf({ live: { lastUsedDay: at('03T00:00') } })
    expect(decideRetirement(state, { ...WAITING, whenStillUsed: 'revoke' }, at('03T10:00'))).toEqual({
      action: 'revoke',
      reason: 'still-used',
    })
  })

  it('that is alive never goes before its grace is over, and always by the end of the longest wait', () => {
    const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
    const state = fc.record<RetiringState>({
      previous: fc.record({ credentialId: fc.constant('old'), retireAt: moment }),
      replacedAt: fc.option(moment),
      live: fc.record({ lastUsedDay: fc.option(moment) }),
      tracksUse: fc.boolean(),
    })
    const policy = fc.record({
      graceHours: fc.integer({ min: 0, max: 2160 }),
      whenStillUsed: fc.constantFrom('revoke' as const, 'wait' as const),
      maxWaitHours: fc.integer({ min: 0, max: 2160 }),
    })
    fc.assert(
      fc.property(state, policy, moment, (retiring, change, now) => {
        const { retireAt } = retiring.previous
        const retirement = decideRetirement(retiring, { ...WAITING, ...change }, now)
        if (now < retireAt) expect(retirement).toEqual({ action: 'keep', reason: 'in-grace', until: retireAt })
        if (now.getTime() >= retireAt.getTime() + change.maxWaitHours * HOUR_MS)
          expect(retirement.action).toBe('revoke')
        if (retirement.action === 'keep') expect(retirement.until.getTime()).toBeGreaterThan(now.getTime())
      }),
    )
  })
})
