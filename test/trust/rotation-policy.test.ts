import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPolicyContradictions } from '../../src/platform/rotation-policy.ts'
import { formatOverrides, parseOverrides } from '../../src/trust/rotation-policy.ts'
import { anyOverrides } from './credential-arbitraries.ts'

describe('what a credential has otherwise than the configuration', () => {
  it('comes back from its text as it went in, in whatever order', () => {
    fc.assert(
      fc.property(anyOverrides, (overrides) => {
        const text = formatOverrides(overrides)
        expect(parseOverrides(text)).toEqual(overrides)
        expect(parseOverrides(text.split(' ').toReversed().join(' '))).toEqual(overrides)
      }),
    )
  })

  it('is readable for people', () => {
    expect(formatOverrides({ lifetimeDays: 30, graceHours: 72 })).toBe('lifetimeDays=30 graceHours=72')
    expect(formatOverrides({})).toBe('as-configured')
  })

  it('is not written where it is undefined', () => {
    const overrides = { lifetimeDays: undefined } as unknown as { lifetimeDays: number }
    expect(formatOverrides(overrides)).toBe('as-configured')
  })

  it.each([
    '',
    ' ',
    'as configured',
    'as-configured lifetimeDays=30',
    'lifetimeDays',
    'whenStillUsed',
    'lifetimeDays=',
    'graceHours=',
    'graceHours= ',
    'graceHours=1e2',
    'graceHours=0x10',
    'graceHours=-0',
    'graceHours=+1',
    'graceHours=1=2',
    'lifetimeDays=0',
    'lifetimeDays=731',
    'lifetimeDays=30.5',
    'lifetimeDays=30 lifetimeDays=60',
    'lifetimeDays=30  graceHours=72',
    ' lifetimeDays=30',
    'LifetimeDays=30',
    'whenStillUsed=ask',
    'whenStillUsed=Wait',
    'lifetimeDays=30,graceHours=72',
    'until=2030',
    '__proto__=1',
    'constructor=1',
  ])('is not read from %j', (text) => {
    expect(parseOverrides(text)).toBeNull()
  })
})

describe('a policy', () => {
  const policy = { lifetimeDays: 90, renewBeforeDays: 30, graceHours: 48 }
  const fieldsOf = (more: Partial<typeof policy>) =>
    findPolicyContradictions({ ...policy, ...more }).map(({ field }) => field)

  it('replaces credentials before they end, but not as soon as they are made', () => {
    expect(fieldsOf({})).toEqual([])
    expect(fieldsOf({ renewBeforeDays: 89 })).toEqual([])
    expect(fieldsOf({ renewBeforeDays: 90 })).toEqual(['renewBeforeDays'])
    expect(fieldsOf({ lifetimeDays: 7 })).toEqual(['renewBeforeDays'])
  })

  it('has no grace beyond the life of what it is for', () => {
    expect(fieldsOf({ graceHours: 720 })).toEqual([])
    expect(fieldsOf({ graceHours: 721 })).toEqual(['graceHours'])
  })

  it('is told everything that it contradicts itself in, with the numbers', () => {
    const messages = findPolicyContradictions({ lifetimeDays: 1, renewBeforeDays: 2, graceHours: 49 }).map(
      ({ field, message }) => `${field} ${message}`,
    )
    expect(messages).toEqual([
      expect.stringMatching(/^renewBeforeDays \(2\) must be less than lifetimeDays \(1\)/),
      expect.stringMatching(/^graceHours \(49\) must be at most renewBeforeDays \(2 days\)/),
    ])
  })
})
