import { describe, expect, it } from 'vitest'
import {
  addCounts,
  type CountOutput,
  countClaims,
  countConformance,
  countGates,
  countMeasurements,
  countTests,
  formatCounts,
} from '../../../scripts/ci/counts.ts'

const npm = '\n> steward@0.1.0 demo\n> node scripts/build.ts && node local/demo/main.ts --json\n\n'
const asJson = (value: unknown): string => `${npm}${JSON.stringify(value, null, 2)}\n`

describe('what a step counted', () => {
  it.each<[string, CountOutput, string, string | null]>([
    [
      'tests: the last line',
      countTests,
      '1 passed, 9 failed, 0 skipped\nx\n7 passed, 2 failed, 1 skipped\n',
      '7, 2, 1',
    ],
    ['tests: only a whole line', countTests, 'all 7 passed, 2 failed, 1 skipped today\n', null],
    [
      'gates',
      countGates,
      'ok     format and lint (12 ms)\nFAILED types (3 ms)\nok     unused code (1 ms)\n',
      '2, 1, 0',
    ],
    ['gates: output that only looks so', countGates, 'ok then\nFAILED for no reason\n', null],
    ['claims', countClaims, asJson({ ok: false, claims: [{ ok: true }, { ok: false }, { ok: true }] }), '2, 1, 0'],
    ['claims: none', countClaims, asJson({ ok: true, claims: [] }), null],
    ['conformance', countConformance, asJson({ checked: 9, agreed: 5, explained: 3, unexplained: 1 }), '8, 1, 0'],
    ['conformance: nothing looked at', countConformance, asJson({ agreed: 0, explained: 0, unexplained: 0 }), null],
    [
      'measurements',
      countMeasurements,
      asJson({ results: [{ value: 1.2 }, { value: null }, { value: 0 }] }),
      '2, 1, 0',
    ],
    ['measurements: cut off', countMeasurements, asJson({ results: [{ value: 1.2 }] }).slice(0, -4), null],
    ['measurements: something before', countMeasurements, `{ oops\n${asJson({ results: [{ value: 1 }] })}`, '1, 0, 0'],
  ])('%s', (_what, count, output, expected) => {
    const counts = count(output)
    expect(counts && `${counts.passed}, ${counts.failed}, ${counts.skipped}`).toBe(expected)
  })

  it('is summed up in one line', () => {
    const all = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ]
    expect(formatCounts(addCounts(all))).toBe('11 passed, 22 failed, 33 skipped')
  })
})
