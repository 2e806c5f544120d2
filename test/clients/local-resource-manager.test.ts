import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listResources, resourceIdOfHost } from '../../local/cloud/arm/resources.ts'
import { launchCloud, type RunningCloud } from '../../local/cloud/launch.ts'
import { AZURE_DATABRICKS } from '../../src/platform/clouds.ts'
import { type CloudClients, createCloudClients } from '../support/cloud-clients.ts'

const DATA_SCIENTIST = 'f6c7c914-8db3-469d-8ca1-694a8f32e121'
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c'
const SECRETS_USER = '4633458b-17de-408a-b874-0445c86b69e6'

let cloud: RunningCloud
let clients: CloudClients

beforeAll(async () => {
  cloud = await launchCloud()
  clients = createCloudClients(cloud.place)
})

afterAll(() => cloud?.child.stop())

beforeEach(async () => {
  await cloud.control.clearFaults()
  await cloud.control.command('graph', 'reset')
  await cloud.control.command('arm', 'reset')
})

const settings = () => cloud.place.settings
const resource = (name: string) => listResources(settings()).find((candidate) => candidate.name === name)?.id ?? ''

async function createPrincipal(): Promise<string> {
  const { servicePrincipalId } = await cloud.control.command<{ servicePrincipalId: string }>(
    'graph',
    'createApplication',
    { displayName: 'etl' },
  )
  return servicePrincipalId
}

describe('Resource Manager', () => {
  it('gives a role, says that it is there, and takes it back', async () => {
    const { arm } = clients
    const scope = resource('mlw-prod')
    const principalId = await createPrincipal()
    const wish = { roleId: DATA_SCIENTIST, principalId, description: 'steward/test/etl' }
    const name = randomUUID()
    const created = await arm.createRoleAssignment(scope, name, wish)
    expect(created).toEqual({ name, scope, principalType: 'ServicePrincipal', ...wish })
    expect(await arm.createRoleAssignment(scope, name, wish)).toEqual(created)
    expect(await arm.createRoleAssignment(scope, randomUUID(), wish)).toBe('already-exists')
    const other = { ...wish, principalId: await createPrincipal() }
    expect(await arm.createRoleAssignment(scope, name, other)).toBe('already-exists')
    expect(await arm.listRoleAssignments(scope, { principalId })).toEqual([created])
    expect(await arm.listRoleAssignments(scope, { assignedTo: principalId })).toEqual([created])
    const everybody = await arm.listRoleAssignments(scope, 'everybody')
    expect(everybody).toContainEqual(created)
    expect(everybody.length).toBeGreaterThan(1)
    await arm.deleteRoleAssignment(scope, name)
    await arm.deleteRoleAssignment(scope, name)
    expect(await arm.listRoleAssignments(scope, { principalId })).toEqual([])
  })

  it('lists what holds at the resource and above it, not what is below', async () => {
    const principalId = await createPrincipal()
    const scope = resource('mlw-prod')
    const group = scope.split('/providers/')[0] ?? ''
    for (const where of [`${scope}/batchEndpoints/heart`, scope, group]) {
      await cloud.control.command('arm', 'assign', { scope: where, principalId, role: 'Reader' })
    }
    const scopes = (await clients.arm.listRoleAssignments(scope, { principalId })).map((found) => found.scope)
    expect(scopes.toSorted()).toEqual([group, scope])
  })

  it('does not know a new principal everywhere at once', async () => {
    await cloud.control.command('arm', 'lag', { principalMs: 3_600_000 })
    const wish = { roleId: DATA_SCIENTIST, principalId: await createPrincipal(), description: 'x' }
    expect(await clients.arm.createRoleAssignment(resource('mlw-prod'), randomUUID(), wish)).toBe('principal-not-there')
  })

  it('denies a role that the condition does not list, and says so', async () => {
    const wish = { roleId: CONTRIBUTOR, principalId: await createPrincipal(), description: 'x' }
    await expect(clients.arm.createRoleAssignment(resource('mlw-prod'), randomUUID(), wish)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/assign a role.*the condition must list this role.*AuthorizationFailed/s),
    })
  })

  it('denies the role assignments of a resource on which Steward has no role', async () => {
    await expect(clients.arm.listRoleAssignments(resource('stlake'), 'everybody')).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringContaining(settings().identity.clientId),
    })
  })

  it('names the roles that a resource has', async () => {
    expect(await clients.arm.listRoleDefinitions(resource('mlw-prod'))).toContainEqual({
      roleId: DATA_SCIENTIST,
      roleName: 'AzureML Data Scientist',
    })
  })

  it('is asked again when an answer is lost', async () => {
    const wish = { roleId: DATA_SCIENTIST, principalId: await createPrincipal(), description: 'x' }
    await cloud.control.addFault({ kind: 'lost-answer', service: 'arm', method: 'PUT' })
    expect(await clients.arm.createRoleAssignment(resource('mlw-prod'), randomUUID(), wish)).toMatchObject(wish)
  })

  it('says of a vault where it is and whether roles decide', async () => {
    const host = settings().vaults.find((vault) => vault.startsWith('kv-etl-prod')) ?? ''
    const resourceId = resourceIdOfHost(settings(), host)
    expect(await clients.arm.getVault(resourceId)).toEqual({ url: `https://${host}`, usesRbac: true })
    await cloud.control.command('arm', 'setVaultRbac', { vault: host, usesRbac: false })
    expect(await clients.arm.getVault(resourceId)).toEqual({ url: `https://${host}`, usesRbac: false })
    const databricks = await clients.graph.getServicePrincipal(AZURE_DATABRICKS)
    const assignments = await clients.arm.listRoleAssignments(resourceId, { assignedTo: databricks?.objectId ?? '' })
    expect(assignments.map(({ roleId }) => roleId)).toEqual([SECRETS_USER])
  })

  it('says which workspaces and registries there are', async () => {
    const { machineLearning } = clients
    expect(await machineLearning.getWorkspace(resource('mlw-prod'))).toEqual({
      resourceId: resource('mlw-prod'),
      name: 'mlw-prod',
      location: 'westeurope',
    })
    expect(await machineLearning.getRegistry(resource('mlr-shared'))).toMatchObject({ name: 'mlr-shared' })
    await cloud.control.command('arm', 'assign', {
      scope: resource('mlw-prod').split('/providers/')[0],
      principalId: settings().identity.objectId,
      role: 'Reader',
    })
    expect(await machineLearning.getWorkspace(resource('mlw-prod').replace('mlw-prod', 'mlw-gone'))).toBeNull()
  })
})
