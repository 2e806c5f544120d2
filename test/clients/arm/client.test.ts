import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ArmClient, createArmClient } from '../../../src/clients/arm/client.ts'
import type { HttpClient } from '../../../src/platform/http/message.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const SUBSCRIPTION = '/subscriptions/11111111-1111-1111-1111-111111111111'
const GROUP = `${SUBSCRIPTION}/resourceGroups/rg-ml`
const SCOPE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw`
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/kv-etl`
const ASSIGNMENTS = `${SCOPE}/providers/Microsoft.Authorization/roleAssignments`
const DEFINITIONS = `${SCOPE}/providers/Microsoft.Authorization/roleDefinitions`
const NAME = '22222222-2222-2222-2222-222222222222'
const ROLE = 'f6c7c914-8db3-469d-8ca1-694a8f32e121'
const PRINCIPAL = '33333333-3333-3333-3333-333333333333'

const assignment = (properties: object = {}, name = NAME) => ({
  id: `${ASSIGNMENTS}/${name}`,
  name,
  type: 'Microsoft.Authorization/roleAssignments',
  properties: {
    scope: SCOPE,
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${ROLE.toUpperCase()}`,
    principalId: PRINCIPAL,
    principalType: 'ServicePrincipal',
    description: 'steward/prod/etl',
    condition: null,
    createdOn: '2026-01-01T00:00:00.1234567Z',
    ...properties,
  },
})

const ASSIGNED = {
  name: NAME,
  scope: SCOPE,
  roleId: ROLE,
  principalId: PRINCIPAL,
  principalType: 'ServicePrincipal',
  description: 'steward/prod/etl',
}

const refusal = (status: number, code: string, message = `${code} happened`): ScriptedAnswer => ({
  status,
  body: { error: { code, message } },
})

/** 404s of gateways, proxies and wrong routes. */
const NOT_ARM: ScriptedAnswer[] = [
  { status: 404, body: { message: 'no route' } },
  { status: 404, body: '<html>not found</html>' },
  { status: 404 },
  refusal(404, 'InvalidResourceType'),
]

let service: ScriptedService
let arm: ArmClient
let http: HttpClient
let lines: readonly string[]

beforeEach(async () => {
  service = await startScriptedService()
  ;({ http, lines } = createTestHttp(service.fetch))
  arm = createArmClient({
    http,
    token: async () => new Secret('arm-token'),
    host: 'management.azure.com',
    identityLabel: 'identity-1',
  })
})

afterEach(() => service.stop())

describe('the role assignments of a resource', () => {
  it('are those of one principal at it and above it, not below', async () => {
    const value = [
      assignment(),
      assignment({ scope: GROUP }),
      assignment({ scope: '/' }),
      assignment({ scope: '/providers/Microsoft.Management/managementGroups/root' }),
      assignment({ scope: `${SCOPE.toUpperCase()}/batchEndpoints/heart` }),
      assignment({ scope: `${SCOPE}-two` }),
    ]
    service.on('GET', ASSIGNMENTS, { body: { value } })
    const found = await arm.listRoleAssignments(SCOPE, { principalId: PRINCIPAL })
    expect(found[0]).toEqual(ASSIGNED)
    expect(found.map(({ scope }) => scope)).toEqual([
      SCOPE,
      GROUP,
      '/',
      '/providers/Microsoft.Management/managementGroups/root',
      `${SCOPE}-two`,
    ])
    const [request] = service.requests
    expect(request?.url.href).toMatch(`https://management.azure.com${ASSIGNMENTS}?`)
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      'api-version': '2022-04-01',
      $filter: `principalId eq '${PRINCIPAL}'`,
    })
    expect(request?.headers.authorization).toBe('Bearer arm-token')
  })

  it.each([
    ['everybody' as const, 'atScope()'],
    [{ assignedTo: PRINCIPAL }, `assignedTo('${PRINCIPAL}')`],
    [{ principalId: "o'brien" }, "principalId eq 'o''brien'"],
  ])('of %o are filtered by %s', async (of, filter) => {
    service.on('GET', ASSIGNMENTS, { body: { value: [assignment({ principalType: null, description: null })] } })
    expect(await arm.listRoleAssignments(SCOPE, of)).toEqual([{ ...ASSIGNED, principalType: null, description: null }])
    expect(service.requests[0]?.url.searchParams.get('$filter')).toBe(filter)
  })

  it('are read page after page, each with a fresh token', async () => {
    let tokens = 0
    arm = createArmClient({
      http,
      token: async () => new Secret(`token ${++tokens}`),
      host: 'management.azure.com',
      identityLabel: 'identity-1',
    })
    const nextLink = `https://management.azure.com${ASSIGNMENTS}?api-version=2022-04-01&$skipToken=x`
    service.on('GET', ASSIGNMENTS, { body: { value: [assignment()], nextLink } }, { body: { value: [assignment()] } })
    expect(await arm.listRoleAssignments(SCOPE, 'everybody')).toHaveLength(2)
    expect(service.requests.at(-1)?.url.searchParams.get('$skipToken')).toBe('x')
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token 1', 'Bearer token 2'])
  })

  it.each(['https://evil.example', 'http://management.azure.com'])(
    'are not read from %s, which would get the token',
    async (origin) => {
      const nextLink = `${origin}${ASSIGNMENTS}?x=1`
      service.on('GET', ASSIGNMENTS, { body: { value: [assignment()], nextLink } }, { body: { value: [] } })
      await expect(arm.listRoleAssignments(SCOPE, 'everybody')).rejects.toMatchObject({ code: 'upstream-rejected' })
      expect(service.requests).toHaveLength(1)
    },
  )

  it('are not read without end', async () => {
    const nextLink = `https://management.azure.com${ASSIGNMENTS}?x=1`
    const body = { value: Array.from({ length: 5000 }, () => assignment()), nextLink }
    service.on('GET', ASSIGNMENTS, ...Array.from({ length: 8 }, () => ({ body })))
    await expect(arm.listRoleAssignments(SCOPE, 'everybody')).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('without end'),
    })
  })

  it.each([
    ['no principal', { body: { value: [assignment({ principalId: null })] } }],
    ['no JSON', { body: 'canary {', headers: { 'content-type': 'application/json' } }],
    ['a value that is no list', { body: { value: { canary: 1 } } }],
  ])('are an unexpected answer with %s', async (_what, answer) => {
    service.on('GET', ASSIGNMENTS, answer)
    const error: unknown = await arm.listRoleAssignments(SCOPE, 'everybody').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'upstream-rejected', message: expect.stringContaining('management.azure.com') })
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('canary')
  })

  it('that are denied say which identity lacks Reader, and leave out the token', async () => {
    service.on('GET', ASSIGNMENTS, refusal(403, 'AuthorizationFailed', 'The client has no authorization.'))
    const error: unknown = await arm.listRoleAssignments(SCOPE, 'everybody').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/management\.azure\.com.*identity-1.*role Reader.*az role assignment create/s),
    })
    expect(`${String(error)} ${JSON.stringify(error)} ${lines.join()}`).not.toContain('arm-token')
  })

  it('are asked for again when Resource Manager is throttled or away', async () => {
    service.on(
      'GET',
      ASSIGNMENTS,
      { status: 503 },
      { status: 429, headers: { 'retry-after': '1' } },
      { isLost: true },
      {
        body: { value: [] },
      },
    )
    expect(await arm.listRoleAssignments(SCOPE, 'everybody')).toEqual([])
    expect(service.requests).toHaveLength(4)
  })

  it('are found with names in the path that need encoding', async () => {
    const odd = `${SUBSCRIPTION}/resourceGroups/rg ä%2F#(1)/providers/X.Y/z/w`
    service.on('GET', `${odd}/providers/Microsoft.Authorization/roleAssignments`, { body: { value: [] } })
    expect(await arm.listRoleAssignments(odd, 'everybody')).toEqual([])
  })

  it('are asked for in the cloud that the client is for', async () => {
    arm = createArmClient({
      http,
      token: async () => new Secret('t'),
      host: 'management.chinacloudapi.cn',
      identityLabel: 'identity-1',
    })
    service.on('GET', ASSIGNMENTS, { body: { value: [] } })
    await arm.listRoleAssignments(SCOPE, 'everybody')
    expect(service.requests[0]?.url.host).toBe('management.chinacloudapi.cn')
  })
})

describe('assigning a role', () => {
  const at = `${ASSIGNMENTS}/${NAME}`
  const assign = () =>
    arm.createRoleAssignment(SCOPE, NAME, { roleId: ROLE, principalId: PRINCIPAL, description: 'steward/prod/etl' })

  it.each([200, 201])('always says that it is for a service principal (answer %i)', async (status) => {
    service.on('PUT', at, { status, body: assignment() })
    expect(await assign()).toEqual(ASSIGNED)
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({
      properties: {
        roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${ROLE}`,
        principalId: PRINCIPAL,
        principalType: 'ServicePrincipal',
        description: 'steward/prod/etl',
      },
    })
    expect(service.requests[0]?.url.searchParams.get('api-version')).toBe('2022-04-01')
  })

  it.each([
    [409, 'RoleAssignmentExists', 'already-exists'],
    [400, 'RoleAssignmentUpdateNotPermitted', 'already-exists'],
    [400, 'PrincipalNotFound', 'principal-not-there'],
  ])('answers %i %s with the value %s', async (status, code, outcome) => {
    service.on('PUT', at, refusal(status, code))
    expect(await assign()).toBe(outcome)
  })

  it.each([
    [refusal(400, 'RoleDefinitionDoesNotExist'), 'upstream-rejected'],
    [refusal(409, 'ScopeLocked'), 'upstream-rejected'],
    [{ status: 409, body: 'no' }, 'upstream-rejected'],
    [refusal(401, 'InvalidAuthenticationToken'), 'upstream-denied'],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'upstream-rejected'],
    [{ status: 201 }, 'upstream-rejected'],
    [{ status: 202, body: assignment() }, 'upstream-rejected'],
  ])('that ends in %o throws %s', async (answer, code) => {
    service.on('PUT', at, answer)
    await expect(assign()).rejects.toMatchObject({ code })
  })

  it('is repeated after a lost answer: the name is its own', async () => {
    service.on('PUT', at, { isLost: true }, { status: 500 }, { status: 201, body: assignment() })
    expect(await assign()).toEqual(ASSIGNED)
  })

  it('that is denied says which role Steward lacks, and what its condition has to allow', async () => {
    service.on('PUT', at, refusal(403, 'AuthorizationFailed', 'or an ABAC condition not fulfilled to perform action'))
    await expect(assign()).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(
        /identity-1.*assign a role.*Role Based Access Control Administrator.*condition.*ServicePrincipal.*ABAC condition/s,
      ),
    })
  })
})

describe('taking a role back', () => {
  const at = `${ASSIGNMENTS}/${NAME}`

  it.each([
    [{ body: assignment() }],
    [{ status: 204 }],
    [refusal(404, 'RoleAssignmentNotFound')],
    [refusal(404, 'ResourceNotFound')],
    [refusal(404, 'ResourceGroupNotFound')],
  ])('is done, or was done already (%o)', async (answer) => {
    service.on('DELETE', at, answer)
    await expect(arm.deleteRoleAssignment(SCOPE, NAME)).resolves.toBeUndefined()
  })

  it.each(NOT_ARM)('is not done when something in front answers %o', async (answer) => {
    service.on('DELETE', at, answer)
    await expect(arm.deleteRoleAssignment(SCOPE, NAME)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('that is denied says what is lacking', async () => {
    service.on('DELETE', at, refusal(403, 'AuthorizationFailed'))
    await expect(arm.deleteRoleAssignment(SCOPE, NAME)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/delete a role assignment.*Role Based Access Control Administrator/s),
    })
  })
})

describe('the roles that a resource has', () => {
  const definition = { id: `${DEFINITIONS}/${ROLE}`, name: ROLE.toUpperCase(), properties: { roleName: 'Reader' } }

  it('have ids and names', async () => {
    service.on('GET', DEFINITIONS, { body: { value: [definition] } })
    expect(await arm.listRoleDefinitions(SCOPE)).toEqual([{ roleId: ROLE, roleName: 'Reader' }])
  })

  it('that are denied say what is lacking', async () => {
    service.on('GET', DEFINITIONS, refusal(403, 'AuthorizationFailed'))
    await expect(arm.listRoleDefinitions(SCOPE)).rejects.toMatchObject({ code: 'upstream-denied' })
  })
})

describe('a vault as a resource', () => {
  const vault = (properties: object) => ({
    body: { id: VAULT, name: 'kv-etl', properties: { vaultUri: 'https://kv-etl.vault.azure.net/', ...properties } },
  })

  it.each([
    [{ enableRbacAuthorization: true }, true],
    [{ enableRbacAuthorization: false }, false],
    [{ enableRbacAuthorization: null }, false],
    [{}, false],
  ])('with %o: roles decide is %s', async (properties, usesRbac) => {
    service.on('GET', VAULT, vault(properties))
    expect(await arm.getVault(VAULT)).toEqual({ url: 'https://kv-etl.vault.azure.net', usesRbac })
    expect(service.requests[0]?.url.href).toBe(`https://management.azure.com${VAULT}?api-version=2023-07-01`)
  })

  it.each(['ResourceNotFound', 'ResourceGroupNotFound', 'SubscriptionNotFound'])('is null on %s', async (code) => {
    service.on('GET', VAULT, refusal(404, code))
    expect(await arm.getVault(VAULT)).toBeNull()
  })

  it.each(NOT_ARM)('is not null when something in front answers %o', async (answer) => {
    service.on('GET', VAULT, answer)
    await expect(arm.getVault(VAULT)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('that is denied says what is lacking', async () => {
    service.on('GET', VAULT, refusal(403, 'AuthorizationFailed'))
    await expect(arm.getVault(VAULT)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/identity-1.*read the settings of a vault.*Reader/s),
    })
  })

  it.each(['http://kv-etl.vault.azure.net/', 'no url', null])('does not have the address %o', async (vaultUri) => {
    service.on('GET', VAULT, vault({ vaultUri }))
    await expect(arm.getVault(VAULT)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})
