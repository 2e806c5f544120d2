import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/clients/databricks/client.ts'
import { describeOther, STUCK_MS } from '../../src/onboarding/explain-run.ts'

const NOW = 100 * STUCK_MS
const run: Run = {
  runId: '7',
  jobId: '1',
  startedAt: new Date(NOW - 1_000),
  isEnded: false,
  state: 'RUNNING',
  result: null,
  terminationCode: null,
  message: '',
  pageUrl: null,
  taskRunIds: [],
}

describe('a run of somebody else', () => {
  it('is waited for', () => {
    for (const begunAt of [null, new Date(NOW - STUCK_MS)])
      expect(describeOther(run, begunAt, NOW)).toMatchObject({ code: 'in-progress', retryable: true })
  })

  it('is not waited for when others followed one another for too long', () => {
    const error = describeOther(run, new Date(NOW - STUCK_MS - 1), NOW)
    expect(error).toMatchObject({ code: 'run-failed', message: expect.stringContaining('Pause its schedule') })
  })

  it('is not waited for when it goes on for ever', () => {
    const error = describeOther({ ...run, startedAt: new Date(NOW - STUCK_MS - 1) }, null, NOW)
    expect(error).toMatchObject({ code: 'run-failed', message: expect.stringContaining('cancel it') })
  })
})
