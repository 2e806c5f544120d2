import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'

let stack: Stack
let pipeline: Pipeline
beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

describe('a secret scope of our name that somebody else made', () => {
  it('gets no copy of the secret, because whoever made it reads all of it', async () => {
    const acls = [{ principal: 'mallory', permission: 'MANAGE' }]
    const resources = [
      { kind: 'User', id: '77', displayName: 'mallory' },
      { kind: 'SecretScope', name: 'steward-prod-forged', acls },
    ]
    await stack.control.command('databricks', 'seed', { resources })
    const { status, problem } = await pipeline.onboard(createWholeRequest('forged'))
    expect([status, problem?.code]).toEqual(['failed', 'not-ours'])
    expect(problem?.detail).toContain('mallory (MANAGE)')
    const { workspaces } = await takeInventory(stack.control)
    expect(workspaces[0]?.scopes.map(({ name, keys }) => [name, keys])).toContainEqual(['steward-prod-forged', []])
    const { values } = await stack.control.command<{ values: unknown[] }>('databricks', 'workspaceSecretValues')
    expect(values).toEqual([])
  })

  it('is not removed, either', async () => {
    const { status, problem } = await pipeline.offboard(createWholeRequest('forged'))
    expect([status, problem?.code]).toEqual(['failed', 'not-ours'])
  })
})

describe('offboarding when the application is gone already', () => {
  it('still finds the principal and its roles by their marks', async () => {
    const request = createWholeRequest('headless')
    const { result } = await pipeline.onboard(request)
    expect((await pipeline.offboard({ ...request, steps: ['application'] })).status).toBe('succeeded')
    expect((await pipeline.offboard(request)).status).toBe('succeeded')
    const { roleAssignments, workspaces } = await takeInventory(stack.control)
    expect(roleAssignments.filter(({ principalId }) => principalId === result.servicePrincipalObjectId)).toEqual([])
    const principals = workspaces[0]?.servicePrincipals ?? []
    expect(principals.filter(({ applicationId }) => applicationId === result.clientId)).toEqual([])
  })
})
