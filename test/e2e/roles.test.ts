import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { ML_WORKSPACE } from '../support/onboarding-request.ts'
import { expectRefusal, listWrites } from '../support/writes.ts'

const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
const RESOURCE_GROUP = ML_WORKSPACE.split('/').slice(0, 5).join('/')
const MISSING_WORKSPACE = ML_WORKSPACE.replace('mlw-prod', 'mlw-gone')

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  const config = parse(await readFile(new URL('../../steward.sample.yaml', import.meta.url), 'utf8'))
  config.machineLearning.workspaces.push(MISSING_WORKSPACE)
  stack = await startStack({ config, hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

function createRoleRequest(name: string, roles: readonly string[], workspace = ML_WORKSPACE) {
  return {
    name,
    servicePrincipal: { kind: 'entra', displayName: name },
    machineLearning: { workspace, roles },
  }
}

async function listHeld(principalId: string | undefined) {
  const { roleAssignments } = await takeInventory(stack.control)
  return roleAssignments.filter((assignment) => assignment.principalId === principalId)
}

describe('a role on an Azure Machine Learning workspace', () => {
  it('is given by its name or its id, marked as ours', async () => {
    const { result } = await pipeline.onboard(createRoleRequest('named', ['azureml compute operator', READER]))
    const held = await listHeld(result.servicePrincipalObjectId)
    expect(
      held.map(({ roleName, scope, principalType, description }) => [roleName, scope, principalType, description]),
    ).toEqual(
      expect.arrayContaining([
        ['AzureML Compute Operator', ML_WORKSPACE, 'ServicePrincipal', 'steward/prod/named'],
        ['Reader', ML_WORKSPACE, 'ServicePrincipal', 'steward/prod/named'],
      ]),
    )
    expect(result.machineLearning?.roleAssignments.map(({ role }) => role)).toEqual([
      'AzureML Compute Operator',
      'Reader',
    ])
  })

  it('may be given by name and asked for by id: it is the same one', async () => {
    await pipeline.onboard(createRoleRequest('respelled', ['Reader']))
    const writes = await listWrites(stack.control, () =>
      pipeline.onboard(
        createRoleRequest(
          'respelled',
          [READER.toUpperCase()],
          ML_WORKSPACE.toUpperCase().replace('/SUBSCRIPTIONS/', '/subscriptions/'),
        ),
      ),
    )
    expect(writes).toEqual([])
  })

  it('is as wished when somebody else gave it, under whatever name', async () => {
    const bare = { ...createRoleRequest('given', []), machineLearning: undefined }
    const { result } = await pipeline.onboard(bare)
    const principalId = result.servicePrincipalObjectId
    await stack.control.command('arm', 'assign', { scope: 'mlw-prod', principalId, role: 'Reader' })
    const writes = await listWrites(stack.control, async () => {
      const { steps } = await pipeline.onboard(createRoleRequest('given', ['Reader']))
      expect(steps.at(-1)).toMatchObject({ step: 'role-assignments', status: 'unchanged' })
    })
    expect(writes).toEqual([])
    expect(await listHeld(principalId)).toMatchObject([{ description: null }])
  })

  it('given by somebody else in the very moment is as good', async () => {
    const bare = { ...createRoleRequest('raced', []), machineLearning: undefined }
    const { result } = await pipeline.onboard(bare)
    const principalId = result.servicePrincipalObjectId
    await stack.control.addFault({ kind: 'hold-before', route: 'roleAssignments\\.create' })
    const { headers } = await pipeline.call('POST', '/api/onboardings', createRoleRequest('raced', ['Reader']))
    await expect.poll(() => stack.control.held(), { timeout: 20_000 }).toHaveLength(1)
    await stack.control.command('arm', 'assign', { scope: 'mlw-prod', principalId, role: 'Reader' })
    const [held] = await stack.control.held()
    await stack.control.release(held?.id ?? 0)
    const view = await pipeline.follow(headers.get('location') ?? '')
    expect([view.status, view.attempts]).toEqual(['succeeded', 0])
    expect(await listHeld(principalId)).toHaveLength(1)
  })
})

describe('while Resource Manager does not know the principal yet', () => {
  afterEach(() => stack.control.command('arm', 'lag', { principalMs: 0 }))

  it('is waited for', async () => {
    await stack.control.command('arm', 'lag', { principalMs: 4_000 })
    const { status, attempts, result } = await pipeline.onboard(createRoleRequest('lagging', ['Reader']))
    expect([status, attempts]).toEqual(['succeeded', 0])
    expect(await listHeld(result.servicePrincipalObjectId)).toHaveLength(1)
    const refused = (await stack.control.requests()).filter(
      ({ route, status: answered }) => route === 'roleAssignments.create' && answered === 400,
    )
    expect(refused.length).toBeGreaterThan(0)
  })
})

describe('a workspace that Azure does not have', () => {
  it('is told with its place in the request, and nothing is written', async () => {
    // Resource Manager says that something is missing only to those who might see it.
    const { objectId: principalId } = stack.cloud.settings.identity
    await stack.control.command('arm', 'assign', { scope: RESOURCE_GROUP, principalId, role: 'Reader' })
    const request = createRoleRequest('nowhere', ['Reader'], MISSING_WORKSPACE)
    await expectRefusal(stack, pipeline, request, [404, 'not-found'])
    const { problem } = await pipeline.onboard(request)
    expect(problem?.issues).toEqual([
      { path: 'machineLearning.workspace', message: `there is no workspace ${MISSING_WORKSPACE}` },
    ])
  })
})
