import { describe, expect, it } from 'vitest'
import { combineObstacles } from '../../src/onboarding/plan.ts'
import { StewardError } from '../../src/platform/errors.ts'

const throttled = (retryAfterMs?: number) =>
  new StewardError('upstream-throttled', 'throttled', retryAfterMs === undefined ? {} : { retryAfterMs })

describe('several obstacles', () => {
  it('ask for the longest of their waits', () => {
    const combined = combineObstacles([
      { step: 'application', error: throttled(1_000) },
      { step: 'client-secret', error: throttled(60_000) },
      { step: 'workspace-principal', error: throttled() },
    ])
    expect(combined).toMatchObject({ code: 'upstream-throttled', retryable: true, retryAfterMs: 60_000 })
  })

  it('last as long as the one that lasts, even where its kind usually does not', () => {
    const lasting = new StewardError('upstream-unavailable', 'gone for good', { retryable: false })
    const combined = combineObstacles([
      { step: 'application', error: throttled(1_000) },
      { step: 'client-secret', error: lasting },
    ])
    expect(combined).toMatchObject({ code: 'upstream-unavailable', retryable: false, retryAfterMs: undefined })
  })
})
