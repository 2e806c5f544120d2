import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { Access } from '../../src/onboarding/list-access.ts'
import { ML_WORKSPACE } from '../support/onboarding-request.ts'

const RESOURCE_GROUP = ML_WORKSPACE.split('/').slice(0, 5).join('/')

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

describe('GET /access', () => {
  const ask = (workspace: string) =>
    pipeline.call<{ code?: string; access: Access[] }>('GET', `/api/access?workspace=${encodeURIComponent(workspace)}`)

  it('tells who has which role, from where, and which onboarding gave it', async () => {
    const { result } = await pipeline.onboard({
      name: 'seen',
      servicePrincipal: { kind: 'entra', displayName: 'seen' },
      machineLearning: { workspace: ML_WORKSPACE, roles: ['AzureML Data Scientist'] },
    })
    const principalId = '11111111-2222-4333-8444-555555555555'
    await stack.control.command('arm', 'assign', {
      scope: RESOURCE_GROUP,
      principalId,
      role: 'Contributor',
      principalType: 'User',
    })
    const { status, body } = await ask(ML_WORKSPACE)
    expect(status).toBe(200)
    expect(
      body.access.filter((entry) => [principalId, result.servicePrincipalObjectId].includes(entry.principalId)),
    ).toEqual(
      expect.arrayContaining([
        {
          principalId: result.servicePrincipalObjectId,
          principalType: 'ServicePrincipal',
          role: 'AzureML Data Scientist',
          roleId: 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
          scope: ML_WORKSPACE,
          isInherited: false,
          onboarding: 'seen',
        },
        {
          principalId,
          principalType: 'User',
          role: 'Contributor',
          roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
          scope: RESOURCE_GROUP,
          isInherited: true,
          onboarding: null,
        },
      ]),
    )
  })

  it('tells nothing about a workspace that is not configured', async () => {
    const { status, body } = await ask(ML_WORKSPACE.replace('mlw-prod', 'mlw-test'))
    expect([status, body.code]).toEqual([403, 'not-allowed'])
  })
})
