import { expect, it } from 'vitest'
import { judgeAtLeast, judgeAtMost, withoutGoal } from '../../bench/benchmark.ts'

it('meets an upper goal up to it', () => {
  expect(judgeAtMost('a', 1.15, 1.15).met).toBe(true)
  expect(judgeAtMost('a', 1.1501, 1.15)).toEqual({ name: 'a', value: 1.15, unit: 'ratio', goal: 1.15, met: false })
})

it('meets a lower goal from it on', () => {
  expect(judgeAtLeast('a', 5, 5).met).toBe(true)
  expect(judgeAtLeast('a', 4.99, 5).met).toBe(false)
})

it('has nothing to miss without a goal', () => {
  expect(withoutGoal('a', 1.23456)).toEqual({ name: 'a', value: 1.235, unit: 'ratio', goal: null, met: true })
})
