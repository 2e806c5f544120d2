import { beforeEach, describe, expect, it } from 'vitest'
import { command } from '../pretend-world.ts'
import {
  type ArmClient,
  assignmentBody,
  assignmentPath,
  type Caller,
  createArmClient,
  IDENTITY,
  roles,
} from './arm-client.ts'

let arm: ArmClient
let workspace: string
let principal: Caller

const NAME = '0b9d5a4f-0000-4000-8000-000000000001'

beforeEach(() => {
  arm = createArmClient()
  workspace = arm.idOf('mlw-prod')
  principal = arm.addPrincipal()
})

const create = (name = NAME, roleId = roles.dataScientist, more?: Readonly<Record<string, unknown>>) =>
  arm.send('PUT', assignmentPath(workspace, name), assignmentBody(principal.objectId, roleId, more))

describe('creating a role assignment', () => {
  it('answers 201 with the assignment, and shows it afterwards', async () => {
    const described = { principalType: 'ServicePrincipal', description: 'steward/prod' }
    const created = await create(NAME, roles.dataScientist, described)
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: assignmentPath(workspace, NAME),
        name: NAME,
        type: 'Microsoft.Authorization/roleAssignments',
        properties: {
          principalId: principal.objectId,
          principalType: 'ServicePrincipal',
          scope: workspace,
          description: 'steward/prod',
          createdBy: null,
          updatedBy: IDENTITY.objectId,
        },
      },
    })
    expect(created.body.properties.roleDefinitionId).toContain(`/roleDefinitions/${roles.dataScientist}`)
    expect(created.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    const read = await arm.send('GET', assignmentPath(workspace, NAME))
    expect(read).toMatchObject({ status: 200, body: { properties: { createdBy: IDENTITY.objectId } } })
  })

  it('answers 200 to the same again, and to another description', async () => {
    await create()
    expect((await create()).status).toBe(200)
    const changed = await create(NAME, roles.dataScientist, { principalType: 'ServicePrincipal', description: 'mine' })
    expect(changed).toMatchObject({ status: 200, body: { properties: { description: 'mine' } } })
  })

  it('answers a conflict to the same again where that is arranged', async () => {
    command(arm.service, 'repeatedCreate', { answer: 'conflict' })
    await create()
    expect(await create()).toMatchObject({ status: 409, body: { error: { code: 'RoleAssignmentExists' } } })
  })

  it('refuses the same three under another name', async () => {
    await create()
    expect(await create(crypto.randomUUID())).toMatchObject({
      status: 409,
      body: { error: { code: 'RoleAssignmentExists' } },
    })
  })

  it('refuses a name that is taken, on whatever scope', async () => {
    await create()
    const refusal = { status: 400, body: { error: { code: 'RoleAssignmentUpdateNotPermitted' } } }
    expect(await create(NAME, roles.reader)).toMatchObject(refusal)
    const elsewhere = assignmentPath(arm.idOf('mlw-test'), NAME)
    const body = assignmentBody(principal.objectId, roles.dataScientist)
    expect(await arm.send('PUT', elsewhere, body)).toMatchObject(refusal)
    expect((await arm.send('GET', elsewhere)).body.error.code).toBe('RoleAssignmentNotFound')
  })

  it.each([
    ['a name that is no GUID', 'x', {}, 'InvalidRoleAssignmentId'],
    ['a principal that is no GUID', NAME, { principalId: 'etl-prod' }, 'InvalidPrincipalId'],
    ['a role by its name', NAME, { roleDefinitionId: 'Reader' }, 'InvalidRoleDefinitionId'],
    ['a field that there is not', NAME, { principal: 'x' }, 'InvalidRequestContent'],
    ['a type that there is not', NAME, { principalType: 'Robot' }, 'InvalidRequestContent'],
    ['a condition without a version', NAME, { condition: "ActionMatches{'x'}" }, 'InvalidConditionVersion'],
    ['a condition that cannot be read', NAME, { condition: '?', conditionVersion: '2.0' }, 'InvalidCondition'],
    ['another type than it is', NAME, { principalType: 'User' }, 'UnmatchedPrincipalType'],
  ])('refuses %s', async (_, name, more, code) => {
    command(arm.service, 'setCondition', { principalId: IDENTITY.objectId, condition: null })
    const answer = await create(name, roles.reader, { principalType: 'ServicePrincipal', ...more })
    expect([answer.status, answer.body.error.code]).toEqual([400, code])
  })

  it('refuses a role that there is not', async () => {
    command(arm.service, 'setCondition', { principalId: IDENTITY.objectId, condition: null })
    const answer = await create(NAME, crypto.randomUUID())
    expect([answer.status, answer.body.error.code]).toEqual([400, 'RoleDefinitionDoesNotExist'])
  })
})

describe('a principal that is not there yet', () => {
  const refusal = { status: 400, body: { error: { code: 'PrincipalNotFound' } } }

  it('is refused for as long as the lag is, though its type is said', async () => {
    command(arm.service, 'lag', { principalMs: 30_000 })
    principal = arm.addPrincipal()
    expect(await create()).toMatchObject(refusal)
    arm.world.clock.advance(30_000)
    expect((await create()).status).toBe(201)
  })

  it('is refused while the directory does not show it, where its type is not said', async () => {
    command(arm.service, 'setCondition', { principalId: IDENTITY.objectId, condition: null })
    principal = arm.addPrincipal({ visibleAt: arm.world.clock.now() + 30_000 })
    expect(await create(NAME, roles.dataScientist, {})).toMatchObject(refusal)
    expect((await create()).status).toBe(201)
  })

  it('is refused when it is a client id or deleted', async () => {
    const objectId = principal.objectId
    principal = { ...principal, objectId: principal.clientId }
    expect((await create()).body.error.message).toContain(principal.clientId.replaceAll('-', ''))
    principal = arm.addPrincipal({ objectId, deletedAt: 1 })
    expect(await create()).toMatchObject(refusal)
  })
})

describe('deleting a role assignment', () => {
  it('answers what was there, then nothing', async () => {
    await create()
    const path = assignmentPath(workspace, NAME)
    expect(await arm.send('DELETE', path)).toMatchObject({ status: 200, body: { name: NAME } })
    expect(await arm.send('DELETE', path)).toMatchObject({ status: 204, body: undefined })
    expect(await arm.send('GET', path)).toMatchObject({
      status: 404,
      body: { error: { code: 'RoleAssignmentNotFound' } },
    })
  })
})

describe('listing role assignments', () => {
  const list = async (scope: string, filter?: string): Promise<string[]> => {
    const query = filter === undefined ? '' : `?$filter=${encodeURIComponent(filter)}`
    const { body } = await arm.send('GET', `${scope}/providers/Microsoft.Authorization/roleAssignments${query}`)
    return body.value.map(({ properties }: { properties: { scope: string } }) => properties.scope.split('/').at(-1))
  }

  it('shows what holds at the scope, inherited too, and what is inside of it unless it is asked for the scope', async () => {
    const subscription = workspace.split('/resourceGroups')[0] ?? ''
    const group = workspace.split('/providers')[0] ?? ''
    for (const scope of [subscription, group, 'mlw-prod', 'mlw-test']) {
      command(arm.service, 'assign', { scope, principalId: principal.objectId, role: 'Reader' })
    }
    command(arm.service, 'assign', { scope: subscription, principalId: IDENTITY.objectId, role: 'Reader' })
    const mine = `principalId eq '${principal.objectId}'`
    const subscriptionId = arm.world.settings.subscriptionId
    expect((await list(workspace, mine)).toSorted()).toEqual([subscriptionId, 'mlw-prod', 'rg-ml'].toSorted())
    expect(await list(group, `assignedTo('${principal.objectId}')`)).toHaveLength(4)
    expect((await list(group, `atScope() and ${mine}`)).toSorted()).toEqual([subscriptionId, 'rg-ml'].toSorted())
    expect(await list(workspace.toUpperCase(), 'atScope()')).toHaveLength(5)
  })

  it('refuses a filter that it does not know', async () => {
    const path = `${workspace}/providers/Microsoft.Authorization/roleAssignments?$filter=roleName eq 'Reader'`
    expect(await arm.send('GET', path)).toMatchObject({
      status: 400,
      body: { error: { code: 'UnsupportedFilterInQuery' } },
    })
  })

  it('links its pages', async () => {
    for (let count = 0; count < 60; count += 1) {
      command(arm.service, 'assign', { scope: 'mlw-prod', principalId: crypto.randomUUID(), role: 'Reader' })
    }
    const first = await arm.send('GET', `${workspace}/providers/Microsoft.Authorization/roleAssignments`)
    expect(first.body.value).toHaveLength(50)
    const next = new URL(first.body.nextLink)
    expect(next.host).toBe('management.azure.com')
    const second = await arm.send('GET', next.pathname + next.search)
    expect(second.body.value).toHaveLength(11)
    expect(second.body.nextLink).toBeUndefined()
  })
})
