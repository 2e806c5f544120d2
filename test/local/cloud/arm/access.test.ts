import { beforeEach, describe, expect, it } from 'vitest'
import { matchesAction } from '../../../../local/cloud/arm/access.ts'
import { createIdentityEndpoint } from '../../../../local/cloud/entra/identity-endpoint.ts'
import { createTokenAuthority } from '../../../../local/cloud/entra/token-authority.ts'
import { command, dispatch, issueToken } from '../pretend-world.ts'
import {
  ARM,
  type ArmClient,
  assignmentBody,
  assignmentPath,
  type Caller,
  createArmClient,
  IDENTITY,
  roles,
  VERSION,
} from './arm-client.ts'

let arm: ArmClient
let workspace: string
let principal: Caller

beforeEach(() => {
  arm = createArmClient()
  workspace = arm.idOf('mlw-prod')
  principal = arm.addPrincipal()
})

describe('a request without a good token', () => {
  const get = async (authorization?: string) =>
    dispatch(arm.service, {
      method: 'GET',
      url: `${ARM}${workspace}?api-version=2024-04-01`,
      headers: authorization === undefined ? {} : { authorization },
    })
  const now = (): { now(): number; advance(): void } => ({ now: () => arm.world.clock.now(), advance: () => undefined })

  it.each([
    ['none', () => undefined, 'AuthenticationFailed'],
    [
      'one for Graph',
      () => issueToken(now(), 'https://graph.microsoft.com', IDENTITY),
      'InvalidAuthenticationTokenAudience',
    ],
    ['one that has expired', () => issueToken(now(), ARM, IDENTITY, -1), 'ExpiredAuthenticationToken'],
    ['one that is none', () => 'x', 'InvalidAuthenticationToken'],
  ])('is refused: %s', async (_, token, code) => {
    const value = token()
    const answer = await get(value === undefined ? undefined : `Bearer ${value}`)
    expect(answer).toMatchObject({ status: 401, body: { error: { code } } })
    expect(answer.headers?.['WWW-Authenticate']).toContain(
      `Bearer authorization_uri="https://login.microsoftonline.com/${arm.world.settings.tenantId}"`,
    )
  })

  it.each(['https://management.azure.com', 'https://management.azure.com/', 'https://management.core.windows.net/'])(
    'is admitted with one that the identity endpoint gives for %s',
    async (resource) => {
      const authority = createTokenAuthority(arm.world)
      const world = { ...arm.world, tokens: authority }
      const answer = await dispatch(createIdentityEndpoint(world, authority, 'header'), {
        method: 'GET',
        url: `https://127.0.0.1/msi/token?${new URLSearchParams({ 'api-version': '2019-08-01', resource, client_id: IDENTITY.clientId })}`,
        headers: { 'x-identity-header': 'header' },
      })
      const { access_token } = answer.body as { access_token: string }
      const audiences = ['https://management.azure.com', 'https://management.core.windows.net']
      expect(authority.verify(`Bearer ${access_token}`, audiences).kind).toBe('valid')
    },
  )
})

describe('the version of the API', () => {
  it('has to be said, and to exist', async () => {
    const get = (query: string) =>
      dispatch(arm.service, {
        method: 'GET',
        url: `${ARM}${workspace}${query}`,
        headers: { authorization: `Bearer ${issueToken(arm.world.clock, ARM, IDENTITY)}` },
      })
    expect(await get('')).toMatchObject({ status: 400, body: { error: { code: 'MissingApiVersionParameter' } } })
    expect(await get('?api-version=1999-01-01')).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidApiVersionParameter' } },
    })
  })
})

describe('what the managed identity may grant', () => {
  const create = (roleId: string, more?: Readonly<Record<string, unknown>>) =>
    arm.send('PUT', assignmentPath(workspace), assignmentBody(principal.objectId, roleId, more))

  it('is what its condition lists, to service principals', async () => {
    expect((await create(roles.dataScientist)).status).toBe(201)
    for (const answer of [await create(roles.owner), await create(roles.reader, {})]) {
      expect(answer).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
      expect(answer.body.error.message).toContain('an ABAC condition not fulfilled')
      expect(answer.body.error.message).toContain("action 'Microsoft.Authorization/roleAssignments/write'")
    }
  })

  it('follows when the condition is changed', async () => {
    const principalId = IDENTITY.objectId
    command(arm.service, 'setCondition', { principalId, scope: 'mlw-prod', condition: { roles: ['Reader'] } })
    expect((await create(roles.dataScientist)).status).toBe(403)
    expect((await create(roles.reader)).status).toBe(201)
  })

  it('is also what it may take away', async () => {
    const seed = (role: string, principalType = 'ServicePrincipal'): string =>
      command<{ name: string }>(arm.service, 'assign', {
        scope: 'mlw-prod',
        principalId: principal.objectId,
        role,
        principalType,
      }).name
    expect((await arm.send('DELETE', assignmentPath(workspace, seed('Reader')))).status).toBe(200)
    expect((await arm.send('DELETE', assignmentPath(workspace, seed('Owner')))).status).toBe(403)
    expect((await arm.send('DELETE', assignmentPath(workspace, seed('Reader', 'User')))).status).toBe(403)
  })

  it('ends at the resources that it has been given', async () => {
    const lake = arm.idOf('stlake')
    const answer = await arm.send('PUT', assignmentPath(lake), assignmentBody(principal.objectId, roles.reader))
    expect(answer.status).toBe(403)
    expect(answer.body.error.message).toContain(`does not have authorization to perform action`)
    expect(answer.body.error.message).toContain(`object id '${IDENTITY.objectId}'`)
    expect(answer.body.error.message).toContain(lake)
  })
})

describe('a principal', () => {
  const list = `/providers/Microsoft.Authorization/roleAssignments`

  it('sees nothing without a role, and what its role lets it see with one', async () => {
    expect((await arm.send('GET', `${workspace}?api-version=2024-04-01`, undefined, principal)).status).toBe(403)
    command(arm.service, 'assign', { scope: 'mlw-prod', principalId: principal.objectId, role: roles.dataScientist })
    expect((await arm.send('GET', `${workspace}?api-version=2024-04-01`, undefined, principal)).status).toBe(200)
    const refused = await arm.send('GET', `${workspace}${list}`, undefined, principal)
    expect(refused.body.error.message).toContain("action 'Microsoft.Authorization/roleAssignments/read'")
    expect(
      (await arm.send('PUT', assignmentPath(workspace), assignmentBody(principal.objectId, roles.reader), principal))
        .status,
    ).toBe(403)
  })

  it('inherits from the group and the subscription', async () => {
    const group = workspace.split('/providers')[0] ?? ''
    command(arm.service, 'assign', { scope: group.toUpperCase(), principalId: principal.objectId, role: 'Reader' })
    expect((await arm.send('GET', `${workspace}${list}`, undefined, principal)).status).toBe(200)
    expect((await arm.send('GET', `${arm.idOf('kv-steward')}${list}`, undefined, principal)).status).toBe(403)
    command(arm.service, 'unassign', { scope: group, principalId: principal.objectId, role: 'Reader' })
    expect((await arm.send('GET', `${workspace}${list}`, undefined, principal)).status).toBe(403)
  })

  it('is told its permissions, one entry for each role', async () => {
    const path = `${workspace}/providers/Microsoft.Authorization/permissions`
    expect((await arm.send('GET', path, undefined, principal)).body).toEqual({ value: [] })
    for (const role of ['AzureML Compute Operator', 'Reader']) {
      command(arm.service, 'assign', { scope: 'mlw-prod', principalId: principal.objectId, role })
    }
    const { body } = await arm.send('GET', path, undefined, principal)
    expect(body.value.map(({ actions }: { actions: string[] }) => actions)).toEqual([
      expect.arrayContaining(['Microsoft.MachineLearningServices/workspaces/computes/*']),
      ['*/read'],
    ])
    expect(body.value[0]).toMatchObject({ notActions: [], dataActions: [], notDataActions: [] })
  })

  it('has the roles that the world says it has', () => {
    const { rbac } = arm.world
    const vault = arm.idOf('kv-etl-prod')
    expect(rbac.hasRole(IDENTITY.objectId, `${vault}/secrets/x`.toUpperCase(), [roles.reader])).toBe(true)
    expect(rbac.hasRole(IDENTITY.objectId, `${vault}-2`, [roles.reader])).toBe(false)
    expect(rbac.hasRole(IDENTITY.objectId, vault, [roles.owner])).toBe(false)
    expect(rbac.hasRole(principal.objectId, vault, [roles.reader])).toBe(false)
  })
})

describe('role definitions', () => {
  const path = '/providers/Microsoft.Authorization/roleDefinitions'

  it('are found by id and name', async () => {
    const read = await arm.send('GET', `${workspace}${path}/${roles.computeOperator}`)
    expect(read).toMatchObject({ status: 200, body: { properties: { roleName: 'AzureML Compute Operator' } } })
    const found = await arm.send('GET', `${workspace}${path}?$filter=roleName eq 'AzureML Data Scientist'`)
    expect(found.body.value.map(({ name }: { name: string }) => name)).toEqual([roles.dataScientist])
    expect((await arm.send('GET', `${workspace}${path}`)).body.value.length).toBeGreaterThan(10)
  })

  it('are refused to who may not read, and when there is none', async () => {
    expect((await arm.send('GET', `${workspace}${path}`, undefined, principal)).status).toBe(403)
    expect(await arm.send('GET', `${workspace}${path}/${crypto.randomUUID()}?api-version=${VERSION}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'RoleDefinitionDoesNotExist' } },
    })
  })
})

describe('wildcards', () => {
  it.each([
    ['*', 'Microsoft.KeyVault/vaults/write', true],
    ['*/read', 'Microsoft.KeyVault/vaults/read', true],
    ['*/read', 'Microsoft.KeyVault/vaults/write', false],
    ['Microsoft.KeyVault/vaults/*', 'microsoft.keyvault/vaults/secrets/getSecret/action', true],
    ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/read', true],
    ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/read', true],
    ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaultsX/read', false],
    ['Microsoft.KeyVault/vaults/read', 'MicrosoftXKeyVault/vaults/read', false],
  ])('%s and %s', (pattern, action, expected) => {
    expect(matchesAction(pattern, action)).toBe(expected)
  })
})
