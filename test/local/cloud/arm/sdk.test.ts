import { AuthorizationManagementClient, type RoleAssignment } from '@azure/arm-authorization'
import { beforeEach, expect, it } from 'vitest'
import { createHttpClient } from '../keyvault/http-client.ts'
import { command, issueToken } from '../pretend-world.ts'
import { ARM, type ArmClient, assignmentBody, createArmClient, IDENTITY, roles } from './arm-client.ts'

let arm: ArmClient
let client: AuthorizationManagementClient

beforeEach(() => {
  arm = createArmClient()
  const credential: ConstructorParameters<typeof AuthorizationManagementClient>[0] = {
    getToken: async (scopes) => ({
      token: issueToken(arm.world.clock, String(scopes).replace(/\/\.default$/, ''), IDENTITY),
      expiresOnTimestamp: arm.world.clock.now() + 3_600_000,
    }),
  }
  client = new AuthorizationManagementClient(credential, arm.world.settings.subscriptionId, {
    endpoint: ARM,
    httpClient: createHttpClient(arm.service),
    retryOptions: { maxRetries: 0 },
  })
})

it('creates, lists over pages, and deletes through the SDK', async () => {
  const scope = arm.idOf('mlw-prod').slice(1)
  const principal = arm.addPrincipal()
  const { properties } = assignmentBody(principal.objectId, roles.dataScientist) as {
    properties: Parameters<typeof client.roleAssignments.create>[2]
  }
  for (let count = 0; count < 120; count += 1) {
    command(arm.service, 'assign', { scope: 'mlw-prod', principalId: crypto.randomUUID(), role: 'Reader' })
  }
  const created = await client.roleAssignments.create(scope, crypto.randomUUID(), properties)
  expect(created).toMatchObject({ principalId: principal.objectId, scope: `/${scope}` })
  const listed: RoleAssignment[] = []
  for await (const assignment of client.roleAssignments.listForScope(scope, { filter: 'atScope()' })) {
    listed.push(assignment)
  }
  expect(listed).toHaveLength(122)
  expect(listed.map(({ name }) => name)).toContain(created.name)
  await client.roleAssignments.delete(scope, created.name ?? '')
  await expect(client.roleAssignments.get(scope, created.name ?? '')).rejects.toMatchObject({
    statusCode: 404,
    code: 'RoleAssignmentNotFound',
  })
})

it('gives the SDK its refusals by code', async () => {
  const scope = arm.idOf('mlw-prod').slice(1)
  const { properties } = assignmentBody(crypto.randomUUID(), roles.dataScientist) as {
    properties: Parameters<typeof client.roleAssignments.create>[2]
  }
  await expect(client.roleAssignments.create(scope, crypto.randomUUID(), properties)).rejects.toMatchObject({
    statusCode: 400,
    code: 'PrincipalNotFound',
  })
})

it('tells the SDK what the caller may do', async () => {
  const permissions = []
  for await (const permission of client.permissions.listForResource(
    'rg-ml',
    'Microsoft.MachineLearningServices',
    'workspaces/mlw-prod',
    'batchEndpoints',
    'heart-disease',
  )) {
    permissions.push(permission)
  }
  expect(permissions).toHaveLength(1)
})
