import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGraphClient, type GraphClient } from '../../../src/clients/graph/client.ts'
import { alternateKey } from '../../../src/clients/graph/key.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const APPLICATIONS = '/v1.0/applications'
const BY_UNIQUE_NAME = "/v1.0/applications(uniqueName='steward-prod-etl')"
const BY_APP_ID = "/v1.0/applications(appId='client-1')"
const SERVICE_PRINCIPALS = '/v1.0/servicePrincipals'
const PRINCIPAL = "/v1.0/servicePrincipals(appId='client-1')"
const ADD_PASSWORD = '/v1.0/applications/object-1/addPassword'
const REMOVE_PASSWORD = '/v1.0/applications/object-1/removePassword'

const application = {
  id: 'object-1',
  appId: 'client-1',
  displayName: 'etl',
  uniqueName: 'steward-prod-etl',
  keyCredentials: [{ keyId: 'certificate-1', type: 'AsymmetricX509Cert' }],
  passwordCredentials: [
    {
      keyId: 'key-1',
      displayName: 'steward',
      startDateTime: '2026-01-01T00:00:00.1234567Z',
      endDateTime: '2026-07-01T00:00:00Z',
      hint: 'abc',
      secretText: null,
    },
  ],
  somethingNew: true,
}

const refusal = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } })

/** 404s of gateways, proxies and wrong routes. */
const NOT_GRAPH = [
  { status: 404, body: { message: 'no route' } },
  { status: 404, body: '<html>not found</html>' },
  { status: 404 },
  refusal(404, 'ResourceNotFound', "Resource not found for the segment 'application'."),
]

let service: ScriptedService
let graph: GraphClient

beforeEach(async () => {
  service = await startScriptedService()
  graph = createGraphClient({
    http: createTestHttp(service.fetch).http,
    token: async () => new Secret('graph-token'),
    host: 'graph.microsoft.com',
    identityLabel: 'identity-1',
  })
})

afterEach(() => service.stop())

describe('looking up an application', () => {
  it.each([
    ['unique name', BY_UNIQUE_NAME, () => graph.getApplicationByUniqueName('steward-prod-etl')],
    ['client id', BY_APP_ID, () => graph.getApplicationByClientId('client-1')],
  ])('finds it by its %s, client secrets included', async (_key, path, look) => {
    service.on('GET', path, { body: application })
    expect(await look()).toEqual({
      objectId: 'object-1',
      clientId: 'client-1',
      displayName: 'etl',
      uniqueName: 'steward-prod-etl',
      keyCredentials: [{ keyId: 'certificate-1', displayName: null }],
      passwordCredentials: [
        {
          keyId: 'key-1',
          displayName: 'steward',
          startsAt: new Date('2026-01-01T00:00:00.123Z'),
          endsAt: new Date('2026-07-01T00:00:00Z'),
        },
      ],
    })
    const [request] = service.requests
    expect(request?.url.host).toBe('graph.microsoft.com')
    expect(request?.headers.authorization).toBe('Bearer graph-token')
    expect(request?.url.searchParams.get('$select')).toBe(
      'id,appId,displayName,uniqueName,passwordCredentials,keyCredentials',
    )
  })

  it('takes one without unique name and client secrets, and a credential without end', async () => {
    service.on('GET', BY_APP_ID, { body: { id: 'o', appId: 'client-1', displayName: 'x', uniqueName: null } })
    expect(await graph.getApplicationByClientId('client-1')).toMatchObject({
      uniqueName: null,
      passwordCredentials: [],
    })
    const open = { keyId: 'k', displayName: null, startDateTime: null, endDateTime: null }
    service.on('GET', BY_APP_ID, { body: { ...application, passwordCredentials: [open] } })
    const found = await graph.getApplicationByClientId('client-1')
    expect(found?.passwordCredentials[0]?.endsAt.getUTCFullYear()).toBe(9999)
  })

  it('finds none where there is none', async () => {
    service.on('GET', BY_UNIQUE_NAME, refusal(404, 'Request_ResourceNotFound', 'gone'))
    expect(await graph.getApplicationByUniqueName('steward-prod-etl')).toBeNull()
  })

  it.each(NOT_GRAPH)('does not take %o for an application that is not there', async (answer) => {
    service.on('GET', BY_UNIQUE_NAME, answer)
    await expect(graph.getApplicationByUniqueName('steward-prod-etl')).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
    service.on('GET', PRINCIPAL, answer)
    await expect(graph.getServicePrincipal('client-1')).rejects.toMatchObject({ code: 'upstream-rejected' })
    service.on('POST', ADD_PASSWORD, answer)
    await expect(graph.addPassword('object-1', { displayName: 'steward', endsAt: new Date(0) })).rejects.toMatchObject({
      code: 'upstream-rejected',
    })
    service.on('POST', REMOVE_PASSWORD, answer)
    await expect(graph.removePassword('object-1', 'key-1')).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('never lets a name out of its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        fc.pre(name.isWellFormed())
        const key = new URL(`https://graph.example/x${alternateKey('uniqueName', name)}`)
        expect([key.search, key.hash]).toEqual(['', ''])
        const quoted = /^\/x\(uniqueName='(.*)'\)$/s.exec(decodeURIComponent(key.pathname))?.[1] ?? 'none'
        expect(quoted.replaceAll("''", '')).not.toContain("'")
        expect(quoted.replaceAll("''", "'")).toBe(name)
      }),
    )
  })

  it.each([
    ['another shape', { body: { id: 'o' } }, 'appId'],
    ['an id that is a number', { body: { ...application, id: 1 } }, 'id'],
    [
      'a date that is none',
      { body: { ...application, passwordCredentials: [{ keyId: 'k', endDateTime: 'x' }] } },
      'endDateTime',
    ],
    ['a sign-in page', { body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } }, 'not JSON'],
    ['nothing', { status: 200 }, 'the answer'],
  ])('does not take %s for an application', async (_what, answer, word) => {
    service.on('GET', BY_APP_ID, answer)
    await expect(graph.getApplicationByClientId('client-1')).rejects.toMatchObject({
      code: 'upstream-rejected',
      retryable: false,
      message: expect.stringMatching(new RegExp(`GET https://graph.microsoft.com/.*${word}`)),
    })
  })
})

describe('creating an application', () => {
  const create = () =>
    graph.createApplication({ displayName: 'etl', uniqueName: 'steward-prod-etl', ownerObjectId: 'owner-1' })

  it('makes it for this tenant only, owned by the caller', async () => {
    service.on('POST', APPLICATIONS, { status: 201, body: application })
    expect(await create()).toMatchObject({ objectId: 'object-1', clientId: 'client-1' })
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({
      displayName: 'etl',
      uniqueName: 'steward-prod-etl',
      signInAudience: 'AzureADMyOrg',
      'owners@odata.bind': ['https://graph.microsoft.com/v1.0/directoryObjects/owner-1'],
    })
  })

  it('says when the unique name is taken', async () => {
    service.on('POST', APPLICATIONS, refusal(409, 'Request_MultipleObjectsWithSameKeyValue', 'taken'))
    expect(await create()).toBe('already-exists')
  })

  it.each([refusal(409, 'ObjectConflict', 'no'), { status: 409, body: 'no' }])(
    'does not take the conflict %o for a taken name',
    async (answer) => {
      service.on('POST', APPLICATIONS, answer)
      await expect(create()).rejects.toMatchObject({ code: 'upstream-rejected' })
      service.on('POST', SERVICE_PRINCIPALS, answer)
      await expect(graph.createServicePrincipal('client-1')).rejects.toMatchObject({ code: 'upstream-rejected' })
    },
  )

  it.each([{ body: { id: 'o' } }, { status: 201 }, { status: 201, body: 'created' }])(
    'leaves its outcome open when it is confirmed with %o',
    async (answer) => {
      service.on('POST', APPLICATIONS, answer)
      await expect(create()).rejects.toMatchObject({ code: 'outcome-unknown' })
      service.on('POST', SERVICE_PRINCIPALS, answer)
      await expect(graph.createServicePrincipal('client-1')).rejects.toMatchObject({ code: 'outcome-unknown' })
    },
  )

  it('does not take a concurrent change for a taken name', async () => {
    service.on('POST', APPLICATIONS, refusal(409, 'Directory_ConcurrencyViolation', 'again'))
    await expect(create()).rejects.toMatchObject({ retryable: true })
  })

  it('is not repeated after a lost answer', async () => {
    service.on('POST', APPLICATIONS, { isLost: true }, { status: 201, body: application })
    await expect(create()).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(service.requests).toHaveLength(1)
  })

  it('that is denied says which identity lacks which right and who grants it', async () => {
    service.on('POST', APPLICATIONS, refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges.'))
    await expect(create()).rejects.toMatchObject({
      code: 'upstream-denied',
      retryable: false,
      message: expect.stringMatching(
        /identity-1.*create an application.*Application\.ReadWrite\.OwnedBy.*Privileged Role Administrator.*appRoleAssignments.*Insufficient privileges/s,
      ),
      data: expect.objectContaining({ identity: 'identity-1', action: 'create an application', status: 403 }),
    })
  })

  it('that is refused says what Graph said, without what looks like a secret', async () => {
    service.on('POST', APPLICATIONS, refusal(400, 'Request_BadRequest', 'Property client_secret=canary is invalid.'))
    const error: unknown = await create().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'upstream-rejected', message: expect.stringContaining('Request_BadRequest') })
    expect(String(error)).not.toContain('canary')
  })
})

describe('whose an application is', () => {
  const OWNERS = '/v1.0/applications/object-1/owners'
  const more = (path: string, value: readonly object[], host = 'graph.microsoft.com') => ({
    body: { value, '@odata.nextLink': `https://${host}${path}?$skiptoken=x` },
  })

  it('is told by its owners, page after page', async () => {
    service.on('GET', OWNERS, more(OWNERS, [{ id: 'a' }]), { body: { value: [{ id: 'b' }] } })
    expect(await graph.listOwnerIds('object-1')).toEqual(['a', 'b'])
    expect(service.requests.map(({ url }) => url.search)).toEqual(['?$select=id', '?$skiptoken=x'])
  })

  it('is not asked on another host, which would get the token', async () => {
    service.on('GET', OWNERS, more(OWNERS, [], 'graph.evil.example'), { body: { value: [] } })
    await expect(graph.listOwnerIds('object-1')).rejects.toMatchObject({ code: 'upstream-rejected' })
    expect(service.requests).toHaveLength(1)
  })

  it('is not asked without end', async () => {
    service.on('GET', OWNERS, ...Array.from({ length: 120 }, () => more(OWNERS, [{ id: 'a' }])))
    await expect(graph.listOwnerIds('object-1')).rejects.toMatchObject({
      message: expect.stringMatching('without end'),
    })
    expect(service.requests.length).toBe(100)
  })

  it('may be asked of a replica that does not know it yet', async () => {
    service.on('GET', OWNERS, refusal(404, 'Request_ResourceNotFound', 'gone'))
    await expect(graph.listOwnerIds('object-1')).rejects.toMatchObject({ code: 'not-propagated', retryable: true })
  })
})

describe('service principals', () => {
  const principal = { id: 'sp-1', appId: 'client-1', displayName: 'etl' }

  it('are found by client id, or not', async () => {
    service.on('GET', PRINCIPAL, { body: principal }, refusal(404, 'Request_ResourceNotFound', 'none'))
    expect(await graph.getServicePrincipal('client-1')).toEqual({
      objectId: 'sp-1',
      clientId: 'client-1',
      displayName: 'etl',
    })
    expect(await graph.getServicePrincipal('client-1')).toBeNull()
  })

  it('are made for an application', async () => {
    service.on('POST', SERVICE_PRINCIPALS, { status: 201, body: principal })
    expect(await graph.createServicePrincipal('client-1')).toMatchObject({ objectId: 'sp-1' })
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({ appId: 'client-1' })
  })

  it.each([
    [409, 'Request_MultipleObjectsWithSameKeyValue', 'already in use', 'already-exists'],
    [
      400,
      'Request_BadRequest',
      "The appId 'client-1' of the service principal does not reference a valid application object.",
      'application-not-replicated',
    ],
    [
      403,
      'Authorization_RequestDenied',
      'When using this permission, the backing application of the service principal being created must in the local tenant',
      'application-not-replicated',
    ],
    [404, 'Request_ResourceNotFound', "Resource 'x' does not exist", 'application-not-replicated'],
  ])('answer %i %s with the value %s', async (status, code, message, outcome) => {
    service.on('POST', SERVICE_PRINCIPALS, refusal(status, code, message))
    expect(await graph.createServicePrincipal('client-1')).toBe(outcome)
  })

  it.each([
    [400, 'Request_BadRequest', 'Something else.', 'upstream-rejected'],
    [403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', 'upstream-denied'],
    [401, 'InvalidAuthenticationToken', 'Access token has expired.', 'upstream-denied'],
  ])('do not take %i %s "%s" for replication lag', async (status, code, message, error) => {
    service.on('POST', SERVICE_PRINCIPALS, refusal(status, code, message))
    await expect(graph.createServicePrincipal('client-1')).rejects.toMatchObject({ code: error })
  })
})

describe('client secrets', () => {
  const endsAt = new Date('2026-07-01T00:00:00Z')
  const add = () => graph.addPassword('object-1', { displayName: 'steward', endsAt })

  it('come back once, wrapped', async () => {
    const body = { keyId: 'key-1', secretText: 'canary', endDateTime: '2026-06-30T00:00:00Z', hint: 'can' }
    service.on('POST', ADD_PASSWORD, { body })
    const added = await add()
    if (typeof added === 'string') throw new Error(added)
    expect(added.secret.reveal()).toBe('canary')
    expect(JSON.stringify(added)).not.toContain('canary')
    expect([added.keyId, added.endsAt]).toEqual(['key-1', new Date('2026-06-30T00:00:00Z')])
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({
      passwordCredential: { displayName: 'steward', endDateTime: '2026-07-01T00:00:00.000Z' },
    })
  })

  it.each([
    [404, 'Request_ResourceNotFound', 'application-not-replicated'],
    [409, 'Directory_ConcurrencyViolation', 'concurrent-change'],
  ])('answer %i %s with the value %s', async (status, code, outcome) => {
    service.on('POST', ADD_PASSWORD, refusal(status, code, 'no'))
    expect(await add()).toBe(outcome)
  })

  it('are not added twice after a lost answer', async () => {
    service.on('POST', ADD_PASSWORD, { isLost: true }, { status: 200 })
    await expect(add()).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(service.requests).toHaveLength(1)
  })

  it('never stand in an error, even when the answer around them is not understood', async () => {
    service.on('POST', ADD_PASSWORD, { body: { keyId: 7, secretText: 'canary', endDateTime: 'x' } })
    const error: unknown = await add().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'outcome-unknown' })
    expect(String(error) + JSON.stringify(error)).not.toContain('canary')
  })

  it.each([
    [{ status: 204 }, 'removed'],
    [refusal(404, 'Request_ResourceNotFound', 'no such application'), 'already-gone'],
    [refusal(400, 'Request_BadRequest', 'No password credential found with keyId.'), 'already-gone'],
  ])('are removed, or gone already (%o)', async (answer, outcome) => {
    service.on('POST', REMOVE_PASSWORD, answer)
    expect(await graph.removePassword('object-1', 'key-1')).toBe(outcome)
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({ keyId: 'key-1' })
  })

  it('are removed again after a lost answer', async () => {
    service.on(
      'POST',
      REMOVE_PASSWORD,
      { isLost: true },
      refusal(400, 'Request_BadRequest', 'No password credential found with keyId.'),
    )
    expect(await graph.removePassword('object-1', 'key-1')).toBe('already-gone')
  })

  it('whose removal meets another change may be removed later', async () => {
    service.on('POST', REMOVE_PASSWORD, refusal(409, 'Directory_ConcurrencyViolation', 'again'))
    await expect(graph.removePassword('object-1', 'key-1')).rejects.toMatchObject({
      code: 'upstream-unavailable',
      retryable: true,
    })
  })
})
