import { describe, expect, it } from 'vitest'
import type { Job, JobSettings } from '../../src/clients/databricks/client.ts'
import { decideJob } from '../../src/onboarding/decide-job.ts'
import { jobTags } from '../../src/trust/marks.ts'

const owner = { instance: 'prod', name: 'etl' }
const STEWARD = 'Steward-Client'
const cluster = {
  sparkVersion: '15.4.x-scala2.12',
  nodeTypeId: 'Standard_DS3_v2',
  numWorkers: 1,
  dataSecurityMode: 'SINGLE_USER',
  sparkConf: { a: '1', b: '2' },
}
const wish: JobSettings = {
  name: 'check',
  tags: jobTags(owner),
  timeoutSeconds: 3600,
  task: { key: 'check', notebookPath: '/Steward/prod/etl/check', cluster },
}
const ours: Job = {
  jobId: '9007199254740993',
  createdAt: new Date(1_000),
  creator: STEWARD,
  settings: { name: 'check', tags: jobTags(owner), timeoutSeconds: 3600, tasks: [wish.task] },
}
const decide = (found: readonly Job[]) => decideJob(owner, wish, { found, ownClientId: STEWARD.toLowerCase() })

describe('what becomes of the job', () => {
  it('is made when none has its name', () => {
    expect(decide([])).toEqual({ kind: 'create' })
  })

  it('is kept when it is ours and as wished', () => {
    expect(decide([ours])).toEqual({ kind: 'keep', job: ours, differences: [], duplicates: [] })
  })

  it.each([
    ['timeout', { ...ours.settings, timeoutSeconds: null }],
    ['tasks', { ...ours.settings, tasks: [] }],
    ['tasks', { ...ours.settings, tasks: [wish.task, { ...wish.task, key: 'more' }] }],
    ['notebook', { ...ours.settings, tasks: [{ ...wish.task, notebookPath: '/Users/eve/steal' }] }],
    ['cluster', { ...ours.settings, tasks: [{ ...wish.task, cluster: null }] }],
    ['cluster', { ...ours.settings, tasks: [{ ...wish.task, cluster: { ...cluster, numWorkers: 9 } }] }],
    ['Spark settings', { ...ours.settings, tasks: [{ ...wish.task, cluster: { ...cluster, sparkConf: { a: '1' } } }] }],
    [
      'Spark settings',
      {
        ...ours.settings,
        tasks: [{ ...wish.task, cluster: { ...cluster, sparkConf: { ...cluster.sparkConf, c: '' } } }],
      },
    ],
  ])('is set right where its %s differ', (difference, settings) => {
    expect(decide([{ ...ours, settings }])).toMatchObject({ kind: 'keep', differences: [difference] })
  })

  it('is the oldest of ours; the others were made by calls whose answers were lost', () => {
    const younger = { ...ours, jobId: '2', createdAt: new Date(2_000) }
    expect(decide([younger, ours])).toMatchObject({ kind: 'keep', job: ours, duplicates: [younger] })
  })

  it('is not one that somebody else made and tagged as ours: it would run as the principal', () => {
    for (const creator of ['eve@example.com', null])
      expect(decide([{ ...ours, creator }])).toMatchObject({ kind: 'refuse', reason: 'not-ours' })
  })

  it('is not one without our tags', () => {
    const settings = { ...ours.settings, tags: {} }
    expect(decide([{ ...ours, settings }])).toMatchObject({ kind: 'refuse', reason: 'not-ours' })
  })

  it('is not one of another onboarding', () => {
    const settings = { ...ours.settings, tags: jobTags({ instance: 'prod', name: 'other' }) }
    expect(decide([{ ...ours, settings }])).toMatchObject({ reason: 'belongs-to-another', belongsTo: 'other' })
  })

  it('is ours, beside others of its name', () => {
    const other = { ...ours, jobId: '1', creator: 'eve@example.com', createdAt: new Date(0) }
    expect(decide([other, ours])).toMatchObject({ kind: 'keep', job: ours, duplicates: [] })
  })
})
