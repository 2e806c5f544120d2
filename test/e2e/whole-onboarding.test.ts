import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { expectRefusal, listWrites } from '../support/writes.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

/** Which secrets a run's cluster read, by their hashes. */
async function listRead(runId: string | undefined): Promise<string[]> {
  const { workspaces } = await takeInventory(stack.control)
  const run = workspaces[0]?.runs.find((candidate) => candidate.runId === runId)
  return run?.tasks.flatMap(({ resolvedSecrets }) => resolvedSecrets.map(({ sha256 }) => sha256)) ?? []
}

/** Hashes of the versions of a vault secret, oldest first. */
async function listStored(secretName: string): Promise<string[]> {
  const { values } = await stack.control.command<{ values: { name: string; value: string }[] }>('keyvault', 'values')
  return values
    .filter(({ name }) => name === secretName)
    .map(({ value }) => createHash('sha256').update(value).digest('hex'))
}

describe('an onboarding with every section', () => {
  it('makes everything, and nothing the second time', async () => {
    const request = createWholeRequest('whole')
    const first = await pipeline.onboard(request)
    expect(first.problem).toBeNull()
    expect(first.steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'application changed',
      'client-secret changed',
      'workspace-principal changed',
      'secret-scope changed',
      'secret-acl changed',
      'job changed',
      'job-permissions changed',
      'job-run changed',
      'role-assignments changed',
    ])
    expect(await listRead(first.result.databricks?.job?.run?.runId)).toEqual(await listStored('whole-secret'))

    let again = first
    const writes = await listWrites(stack.control, async () => {
      again = await pipeline.onboard(request)
    })
    expect(again.steps.map(({ status }) => status)).toEqual(first.steps.map(() => 'unchanged'))
    expect(writes).toEqual([])
    expect(again.result).toEqual(first.result)
  })

  it('tells how to use what it made', async () => {
    const { result } = await pipeline.onboard(createWholeRequest('told'))
    expect(result).toMatchObject({
      databricks: {
        secretScope: {
          name: 'steward-prod-told',
          backend: 'databricks',
          secretReference: '{{secrets/steward-prod-told/told-secret}}',
        },
        job: { notebookPath: '/Steward/prod/told/told-check', run: { result: 'SUCCESS' } },
      },
      machineLearning: {
        roleAssignments: [{ role: 'AzureML Data Scientist' }, { role: 'AzureML Registry User' }],
        config: { resource_group: 'rg-ml', workspace_name: 'mlw-prod' },
      },
    })
  })

  it('copies the client secret into the scope again once it was renewed, and runs the job with it', async () => {
    const { clientSecret, ...whole } = createWholeRequest('renewed')
    const policy = { renewBeforeDays: 1, graceHours: 0 }
    const request = { ...whole, clientSecret: { ...clientSecret, lifetimeDays: 3, policy } }
    await pipeline.onboard(request)
    await stack.control.advanceClock(4 * 24 * 60 * 60 * 1000)
    const again = await pipeline.onboard(request)
    expect(again.problem).toBeNull()
    expect(again.steps.filter(({ status }) => status === 'changed').map(({ step }) => step)).toEqual([
      'client-secret',
      'secret-scope',
      'job-run',
    ])
    const [old, renewed] = await listStored('renewed-secret')
    expect(await listRead(again.result.databricks?.job?.run?.runId)).toEqual([renewed])
    expect(renewed).not.toBe(old)
  })
})

describe('a scope of the wished name that is there already', () => {
  it('is refused when its secrets are in a vault', async () => {
    const resources = [{ kind: 'SecretScope', name: 'steward-prod-elsewhere', vault: 'kv-team.vault.azure.net' }]
    await stack.control.command('databricks', 'seed', { resources })
    const detail = await expectRefusal(stack, pipeline, createWholeRequest('elsewhere'), [409, 'differs'])
    expect(detail).toContain('kv-team.vault.azure.net')
  })
  it('is refused when others have rights on it: they would read the secret', async () => {
    const acls = [{ principal: 'etl', permission: 'MANAGE' }]
    const resources = [{ kind: 'SecretScope', name: 'steward-prod-squatted', acls }]
    await stack.control.command('databricks', 'seed', { resources })
    const detail = await expectRefusal(stack, pipeline, createWholeRequest('squatted'), [409, 'not-ours'])
    expect(detail).toContain('etl (MANAGE)')
  })
})
