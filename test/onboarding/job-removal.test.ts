import { expect, it } from 'vitest'
import { planJobRemoval } from '../../src/onboarding/removals/job.ts'
import type { LookContext } from '../../src/onboarding/step.ts'
import { jobTags } from '../../src/trust/marks.ts'
import { WORKSPACE } from '../support/onboarding-request.ts'

it('removes the job, though the configuration no longer tells of what cluster jobs are made', async () => {
  const owner = { instance: 'prod', name: 'etl' }
  const job = { jobId: '7', creator: 'steward', createdAt: new Date(0), settings: { tags: jobTags(owner), tasks: [] } }
  const context = {
    owner,
    config: { instance: 'prod', databricks: { notebookRoot: '/Steward' } },
    request: {
      clientSecret: { secretName: 'etl-secret' },
      databricks: { workspace: WORKSPACE, secretScope: { name: 'etl' }, job: { name: 'check' } },
    },
    services: {
      whoAmI: async () => ({ clientId: 'steward' }),
      workspace: () => ({ listJobs: async () => [job], getObjectStatus: async () => null }),
    },
  } as unknown as LookContext
  const { changes, refusal } = await planJobRemoval(context)
  expect(refusal).toBeUndefined()
  expect(changes).toMatchObject([{ action: 'remove', target: expect.stringContaining('(id 7)') }])
})
