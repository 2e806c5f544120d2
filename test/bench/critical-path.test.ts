import { describe, expect, it } from 'vitest'
import { findCriticalPath, listWaits, measureWall, sumDurations, type Task } from '../../bench/critical-path.ts'

const task = (name: string, durationMs: number, after: readonly string[] = [], startedAt = 0): Task => ({
  name,
  after,
  startedAt,
  durationMs,
})

const namesOf = (tasks: readonly Task[]): string[] => tasks.map(({ name }) => name)

describe('the critical path', () => {
  it('is the chain that takes longest, not the one of most tasks', () => {
    const tasks = [task('look', 10), task('a', 1, ['look']), task('b', 1, ['a']), task('slow', 50, ['look'])]
    expect(namesOf(findCriticalPath(tasks))).toEqual(['look', 'slow'])
  })

  it('goes through the longest of what a task needs', () => {
    const tasks = [task('end', 5, ['short', 'long']), task('short', 10), task('long', 20)]
    expect(namesOf(findCriticalPath(tasks))).toEqual(['long', 'end'])
  })

  it('is a single task when nothing depends on anything', () => {
    expect(namesOf(findCriticalPath([task('a', 1), task('b', 3), task('c', 2)]))).toEqual(['b'])
  })

  it('is refused when a task needs what is not there, or itself by a detour', () => {
    expect(() => findCriticalPath([task('a', 1, ['b'])])).toThrow('there is no task b')
    expect(() => findCriticalPath([task('a', 1, ['b']), task('b', 1, ['a'])])).toThrow('a needs b needs a')
  })
})

it('adds durations, and measures from the first start to the last end', () => {
  const tasks = [task('late', 10, [], 130), task('long', 60, [], 100), task('early', 5, [], 90)]
  expect(sumDurations(tasks)).toBe(75)
  expect(measureWall(tasks)).toBe(70)
})

it('counts a wait from the end of the last thing needed', () => {
  const tasks = [task('a', 10, [], 0), task('b', 30, [], 0), task('c', 5, ['a', 'b'], 37)]
  expect(listWaits(tasks)).toEqual([{ name: 'c', waitMs: 7 }])
})
