import { expect, test } from 'vitest'
import { createPollDelay } from '../../../../local/host/queue/poll-delay.ts'

const collect = (delay: { next(found: boolean): number }, count: number) =>
  Array.from({ length: count }, () => delay.next(false))

test('waits double while the queue is idle, up to the longest', () => {
  const delay = createPollDelay(100, 2_000, () => 0.5)
  expect(collect(delay, 8)).toEqual([100, 200, 300, 500, 900, 1_700, 2_000, 2_000])
})

test('a message brings the wait back to the shortest', () => {
  const delay = createPollDelay(100, 60_000, () => 0.5)
  collect(delay, 9)
  expect(delay.next(true)).toBe(100)
  expect(collect(delay, 2)).toEqual([200, 300])
})

test('a longest wait below the shortest wins', () => {
  const delay = createPollDelay(100, 20, () => 0.5)
  expect(collect(delay, 3)).toEqual([20, 20, 20])
  expect(delay.next(true)).toBe(20)
})

test('the growth varies by a fifth', () => {
  const grow = (random: number) =>
    collect(
      createPollDelay(100, 60_000, () => random),
      3,
    ).at(-1)
  expect(grow(0)).toBe(260)
  expect(grow(1)).toBe(340)
})
