import { expect, test } from 'vitest'
import { planRetryDelayMs } from '../../../local/host/retry.ts'

test('a fixed delay stays the same', () => {
  const policy = { retryStrategy: 'fixedDelay', delayInterval: { seconds: 3 } }
  expect([0, 1, 5].map((count) => planRetryDelayMs(policy, count))).toEqual([3_000, 3_000, 3_000])
})

test('an exponential delay doubles up to its maximum', () => {
  const policy = {
    retryStrategy: 'exponentialBackoff',
    minimumInterval: { seconds: 2 },
    maximumInterval: { seconds: 7 },
  }
  expect([0, 1, 2, 3].map((count) => planRetryDelayMs(policy, count))).toEqual([2_000, 4_000, 7_000, 7_000])
})
