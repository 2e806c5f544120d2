import { describe, expect, test } from 'vitest'
import { judgeProbes, readTranscript } from './host/transcript.ts'

const recorded = readTranscript({ probes: { 'http.a': {}, 'http.b': {}, 'queue.slow': { slow: true } } })
const difference = { field: 'status', expected: 200, got: 404 }

describe('judgeProbes', () => {
  test('agrees where nothing differs, and shows what does', () => {
    const seen = readTranscript({ probes: { 'http.a': { differences: [] }, 'http.b': { differences: [difference] } } })
    expect(judgeProbes(recorded, seen, [], false)).toEqual([
      { kind: 'agreed', id: 'http.a' },
      { kind: 'unexplained', id: 'http.b', differences: [{ at: 'status', expected: 200, got: 404 }] },
    ])
  })

  test('takes a probe that was skipped or not run for a difference', () => {
    const seen = readTranscript({ probes: { 'http.a': { skipped: 'needs proxy' } } })
    expect(judgeProbes(recorded, seen, [], false).map(({ kind }) => kind)).toEqual(['unexplained', 'unexplained'])
  })

  test('explains what is left out on purpose, by id or by its beginning', () => {
    const seen = readTranscript({ probes: { 'http.a': { differences: [] } } })
    const known = [{ id: 'http.b', reason: 'better here' }]
    expect(judgeProbes(recorded, seen, known, false)[1]).toEqual({
      kind: 'explained',
      id: 'http.b',
      reasons: ['better here'],
    })
    const all = [{ id: 'http.*', reason: 'better here' }]
    expect(judgeProbes(recorded, seen, all, false).map(({ kind }) => kind)).toEqual(['explained', 'explained'])
  })

  test('keeps to the probes of the speed that was asked for', () => {
    const seen = readTranscript({ probes: { 'queue.slow': { differences: [] } } })
    expect(judgeProbes(recorded, seen, [], true)).toEqual([{ kind: 'agreed', id: 'queue.slow' }])
  })
})
