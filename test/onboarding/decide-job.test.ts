import { describe, expect, it } from 'vitest'
import type { Grant, Job, JobSettings, JobTask } from '../../src/clients/databricks/client.ts'
import { decideJob, type JobHolding } from '../../src/onboarding/decide-job.ts'
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
const PRINCIPAL = 'app-1'
const task: JobTask = { ...wish.task, isFromGit: false, hasAddedCode: false }
const ours: Job = {
  jobId: '9007199254740993',
  createdAt: new Date(1_000),
  creator: STEWARD,
  settings: { name: 'check', tags: jobTags(owner), timeoutSeconds: 3600, hasGitSource: false, tasks: [task] },
}
const ownedBy = (name: string, kind: Grant['principal']['kind'] = 'service-principal'): Grant[] => [
  { principal: { kind, name }, level: 'IS_OWNER', isInherited: false },
]
const held = (name: string): JobHolding => ({ grants: ownedBy(name), runAs: name })
const decide = (
  found: readonly Job[],
  holdings: Readonly<Record<string, JobHolding>> = {},
  applicationId = PRINCIPAL,
) =>
  decideJob(owner, wish, {
    found,
    holdings: new Map(found.map(({ jobId }) => [jobId, holdings[jobId] ?? held(STEWARD)])),
    ownClientId: STEWARD.toLowerCase(),
    applicationId,
  })

describe('what becomes of the job', () => {
  it('is made when none has its name', () => {
    expect(decide([])).toEqual({ kind: 'create' })
  })

  it('is kept when it is ours and as wished', () => {
    expect(decide([ours])).toEqual({
      kind: 'keep',
      job: ours,
      grants: ownedBy(STEWARD),
      differences: [],
      fieldsToRemove: [],
      duplicates: [],
    })
  })

  it.each([
    ['timeout', { ...ours.settings, timeoutSeconds: null }],
    ['tasks', { ...ours.settings, tasks: [] }],
    ['repository', { ...ours.settings, hasGitSource: true }],
    ['notebook', { ...ours.settings, tasks: [{ ...task, isFromGit: true }] }],
    ['libraries or init scripts', { ...ours.settings, tasks: [{ ...task, hasAddedCode: true }] }],
    ['tasks', { ...ours.settings, tasks: [task, { ...task, key: 'more' }] }],
    ['notebook', { ...ours.settings, tasks: [{ ...task, notebookPath: '/Users/eve/steal' }] }],
    ['cluster', { ...ours.settings, tasks: [{ ...task, cluster: null }] }],
    ['cluster', { ...ours.settings, tasks: [{ ...task, cluster: { ...cluster, numWorkers: 9 } }] }],
    ['Spark settings', { ...ours.settings, tasks: [{ ...task, cluster: { ...cluster, sparkConf: { a: '1' } } }] }],
    [
      'Spark settings',
      {
        ...ours.settings,
        tasks: [{ ...task, cluster: { ...cluster, sparkConf: { ...cluster.sparkConf, c: '' } } }],
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

  it.each([
    ['another onboarding', ownedBy('app-2')],
    ['a user of the name of the principal', ownedBy(PRINCIPAL, 'user')],
    ['somebody', ownedBy('eve@example.com', 'user')],
  ])('is not one that bears our tags while %s owns it', (_who, grants) => {
    expect(decide([ours], { [ours.jobId]: { grants, runAs: null } })).toMatchObject({
      kind: 'refuse',
      reason: 'owned-by-another',
      ownedBy: grants[0]?.principal.name,
    })
  })

  it('is our own, and stays, beside an older one that its owner renamed and tagged as ours', () => {
    const renamed = { ...ours, jobId: '1', createdAt: new Date(0) }
    const holdings = { [renamed.jobId]: held('app-2'), [ours.jobId]: held(PRINCIPAL) }
    expect(decide([renamed, ours], holdings)).toMatchObject({ kind: 'keep', job: ours, duplicates: [] })
  })

  it('is the one that was handed over; only what Steward still owns is a duplicate', () => {
    const [first, second] = [1, 2].map((id) => ({ ...ours, jobId: String(id), createdAt: new Date(id) })) as [Job, Job]
    expect(decide([first, second, ours], { [second.jobId]: held(PRINCIPAL) })).toMatchObject({
      job: second,
      duplicates: [first, ours],
    })
    expect(decide([first, ours], { [first.jobId]: held(PRINCIPAL), [ours.jobId]: held(PRINCIPAL) })).toMatchObject({
      job: first,
      duplicates: [],
    })
  })

  it('loses what others set and Steward does not', () => {
    const settings = { ...ours.settings, hasGitSource: true, tasks: [task, { ...task, key: 'more' }] }
    const holdings = { [ours.jobId]: { grants: ownedBy(PRINCIPAL), runAs: 'eve@example.com' } }
    expect(decide([{ ...ours, settings }], holdings)).toMatchObject({
      differences: ['repository', 'tasks', 'whom it runs as'],
      fieldsToRemove: ['tasks/more', 'git_source', 'run_as'],
    })
  })

  it('may run as its owner, or as the principal', () => {
    for (const runAs of [STEWARD, PRINCIPAL.toUpperCase(), null])
      expect(decide([ours], { [ours.jobId]: { grants: ownedBy(STEWARD), runAs } })).toMatchObject({ differences: [] })
    expect(decide([ours], { [ours.jobId]: { grants: ownedBy(PRINCIPAL), runAs: STEWARD } })).toMatchObject({
      differences: ['whom it runs as'],
      fieldsToRemove: ['run_as'],
    })
  })
})
