import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/clients/databricks/client.ts'
import { decideJobRun, explainRun, isSkipped } from '../../src/onboarding/decide-job-run.ts'

const good: Run = {
  runId: '7',
  jobId: '1',
  startedAt: new Date(0),
  isEnded: true,
  state: 'TERMINATED',
  result: 'SUCCESS',
  terminationCode: 'SUCCESS',
  message: '',
  pageUrl: 'https://adb-1.2.azuredatabricks.net/#job/1/run/7',
  taskRunIds: ['8'],
}
const failed = { ...good, result: 'FAILED' }
const running = { ...good, isEnded: false, result: null, state: 'PENDING' }

describe('whether the job runs', () => {
  it.each([
    ['runs when there is no job yet', { isThere: false, latest: null }, { kind: 'run', reason: 'never ran' }],
    ['runs when it never ran', { latest: null }, { kind: 'run', reason: 'never ran' }],
    ['runs again when the last run failed', { latest: failed }, { kind: 'run', reason: 'the last run failed' }],
    [
      'runs again when the job, its owner, the secret or the right to read it is about to change',
      { isAsBefore: false },
      { kind: 'run', reason: 'what it runs with changes' },
    ],
    [
      'runs again after one that goes on with what is about to change',
      { isAsBefore: false, latest: running },
      { kind: 'run', reason: 'what it runs with changes' },
    ],
    ['goes on with its own run, whatever ran meanwhile', { isBegun: true }, { kind: 'run', reason: 'begun' }],
    [
      'runs when nothing else was asked for, whatever ran before',
      { isAskedFor: true },
      { kind: 'run', reason: 'asked for' },
    ],
    ['waits for a run that goes on', { latest: running }, { kind: 'wait', run: running }],
    ['counts a good run', {}, { kind: 'keep', run: good }],
  ] as const)('%s', (_what, state, decision) => {
    expect(
      decideJobRun({ isThere: true, isAsBefore: true, isBegun: false, isAskedFor: false, latest: good, ...state }),
    ).toEqual(decision)
  })
})

describe('a run that was skipped', () => {
  it.each([
    ['in the older field', { state: 'SKIPPED', result: null, terminationCode: null }],
    ['as a result', { result: 'MAXIMUM_CONCURRENT_RUNS_REACHED', terminationCode: null }],
    ['in the newer field', { result: 'FAILED', terminationCode: 'MAX_CONCURRENT_RUNS_EXCEEDED' }],
  ])('shows as such %s', (_where, change) => {
    expect(isSkipped({ ...good, ...change })).toBe(true)
  })

  it('is not one that ended badly', () => {
    expect([isSkipped(good), isSkipped(failed), isSkipped(running)]).toEqual([false, false, false])
  })
})

describe('what is said of a run that failed', () => {
  it.each([
    ['INVALID_CLUSTER_REQUEST', 'User does not have permission READ on secret scope s', /READ permission on the scope/],
    [
      'CLUSTER_ERROR',
      'INVALID_STATE: Databricks could not access keyvault: https://kv.vault.azure.net/',
      /AzureDatabricks/,
    ],
    ['RUN_EXECUTION_ERROR', 'AADSTS7000215: Invalid client secret provided', /refused the client secret/],
    ['CLUSTER_ERROR', 'app-1 is not authorized to create clusters', /allow-cluster-create/],
    ['RESOURCE_NOT_FOUND', 'Unable to access the notebook "/Steward/x"', /notebook is missing/],
    ['CLUSTER_REQUEST_LIMIT_EXCEEDED', 'too many requests', /more quota/],
    ['CLOUD_FAILURE', 'The machine did not start', /databricks\.jobCluster/],
    ['STORAGE_ACCESS_ERROR', 'denied', /Storage Blob Data Reader/],
    ['SOMETHING_NEW', 'whatever', /Open the run/],
  ])('is what to do about %s: %s', (terminationCode, message, advice) => {
    const said = explainRun({ ...failed, terminationCode, message }, null)
    expect(said).toMatch(advice)
    expect(said).toContain(`${terminationCode}: ${message}`)
    expect(said).toContain(good.pageUrl)
  })
})
