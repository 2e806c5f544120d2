import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createRequest, createWholeRequest } from '../support/onboarding-request.ts'
import { listWrites } from '../support/writes.ts'

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
  // How runs go is not what this is about.
  await stack.control.command('databricks', 'runTimes', { pendingMs: 0, runningMs: 0 })
})
afterAll(() => stack.stop())

describe('offboarding, where others put something there', () => {
  it('stops it when it is a secret in the scope', async () => {
    const request = createWholeRequest('shared')
    await pipeline.onboard(request)
    const resources = [{ kind: 'Secret', scope: 'steward-prod-shared', key: 'theirs', value: 'by hand' }]
    await stack.control.command('databricks', 'seed', { resources })
    const writes = await listWrites(stack.control, async () => {
      const { status, problem } = await pipeline.offboard(request)
      expect([status, problem?.code]).toEqual(['failed', 'not-ours'])
      expect(problem?.detail).toContain('theirs')
    })
    expect(writes).toEqual([])
  })

  it('stays when it is a role of the principal', async () => {
    const request = createWholeRequest('honoured')
    const { result } = await pipeline.onboard(request)
    const principalId = result.servicePrincipalObjectId
    await stack.control.command('arm', 'assign', { scope: 'mlw-prod', principalId, role: 'Reader' })
    request.machineLearning.roles.push('Reader')
    const view = await pipeline.offboard(request)
    expect(view.steps.find(({ step }) => step === 'role-assignments')?.changes).toHaveLength(2)
    const { roleAssignments } = await takeInventory(stack.control)
    expect(roleAssignments.filter((held) => held.principalId === principalId)).toMatchObject([
      { roleName: 'Reader', description: null },
    ])
  })

  it('stays when it was adopted, and only loses our mark', async () => {
    const { appId } = await stack.control.command<{ appId: string }>('graph', 'createApplication', {
      displayName: 'made by hand',
      owners: [stack.cloud.settings.identity.objectId],
    })
    const resources = [{ kind: 'ServicePrincipal', applicationId: appId, displayName: 'made by hand' }]
    const { ids } = await stack.control.command<{ ids: string[] }>('databricks', 'seed', { resources })
    const { servicePrincipal, databricks, ...request } = createRequest('adopted')
    const adopting = {
      ...request,
      servicePrincipal: { ...servicePrincipal, clientId: appId, adopt: true },
      databricks: { ...databricks, servicePrincipalId: ids[0], adopt: true },
    }
    expect((await pipeline.onboard(adopting)).problem).toBeNull()
    const view = await pipeline.offboard(adopting)
    expect(Object.fromEntries(view.steps.map(({ step, status }) => [step, status]))).toEqual({
      application: 'unchanged',
      'client-secret': 'changed',
      'workspace-principal': 'changed',
    })
    const { applications, workspaces } = await takeInventory(stack.control)
    const application = applications.find((candidate) => candidate.appId === appId)
    expect([application?.deletedDateTime, application?.passwordCredentials]).toEqual([null, []])
    const principal = workspaces[0]?.servicePrincipals.find(({ applicationId }) => applicationId === appId)
    expect([principal?.id, principal?.externalId]).toEqual([ids[0], undefined])
  })
})
