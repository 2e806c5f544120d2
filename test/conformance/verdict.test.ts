import { describe, expect, test } from 'vitest'
import { countVerdicts, isGood } from './report.ts'
import { type Explanation, judgeExplanations, reachVerdict } from './verdict.ts'

const byStatus: Explanation<string> = { reason: 'status', why: '', explains: (_, { at }) => at === 'status' }
const status = { at: 'status', expected: 200, got: 201 }
const name = { at: 'name', expected: 'a', got: 'b' }

describe('reachVerdict', () => {
  test('agrees when nothing differs', () => {
    expect(reachVerdict('x', '', [], [byStatus]).kind).toBe('agreed')
  })

  test('explains only when every difference is explained', () => {
    expect(reachVerdict('x', '', [status], [byStatus])).toEqual({ kind: 'explained', id: 'x', reasons: ['status'] })
    expect(reachVerdict('x', '', [status, name], [byStatus])).toEqual({
      kind: 'unexplained',
      id: 'x',
      differences: [name],
    })
  })
})

describe('judgeExplanations', () => {
  test('is content with reasons that are used, and reports those that are not', () => {
    const used = reachVerdict('x', '', [status], [byStatus])
    expect(judgeExplanations(['status'], [used])).toEqual([])
    expect(judgeExplanations(['status', 'stale'], [used]).map(({ id }) => id)).toEqual(['explanation stale'])
  })
})

describe('a report', () => {
  const agreed = reachVerdict('x', '', [], [])
  const unexplained = reachVerdict('y', '', [name], [])
  const report = (...verdicts: (typeof agreed)[]) => ({ part: 'specs' as const, verdicts, notes: [] })

  test('counts what was checked by outcome', () => {
    expect(countVerdicts([agreed, unexplained])).toEqual({ checked: 2, agreed: 1, explained: 0, unexplained: 1 })
  })

  test('is good when all agreed, or when no part was to look', () => {
    expect(isGood([report(agreed)])).toBe(true)
    expect(isGood([])).toBe(true)
  })

  test('is not good when something is unexplained or a part saw nothing', () => {
    expect(isGood([report(agreed), report(agreed, unexplained)])).toBe(false)
    expect(isGood([report(agreed), report()])).toBe(false)
  })
})
