import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGraphClient, type GraphClient } from '../../../src/clients/graph/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const APPLICATION = '/v1.0/applications/object-1'
const DELETED_APPLICATIONS = '/v1.0/directory/deletedItems/microsoft.graph.application'
const DELETED_PRINCIPALS = '/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal'
const RESTORE = '/v1.0/directory/deletedItems/object-1/restore'

const refusal = (status: number, code: string, message = 'no') => ({ status, body: { error: { code, message } } })
const denied = refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
const missing = refusal(404, 'Request_ResourceNotFound')

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

describe('deleting an application', () => {
  it.each([{ status: 204 }, missing])('is done, or was done already (%o)', async (answer) => {
    service.on('DELETE', APPLICATION, answer)
    await expect(graph.deleteApplication('object-1')).resolves.toBeUndefined()
  })

  it('is repeated after a lost answer', async () => {
    service.on('DELETE', APPLICATION, { isLost: true }, missing)
    await expect(graph.deleteApplication('object-1')).resolves.toBeUndefined()
  })

  it.each([{ status: 404, body: 'no route' }, refusal(404, 'ResourceNotFound')])(
    'is not done when something in front answers %o',
    async (answer) => {
      service.on('DELETE', APPLICATION, answer)
      await expect(graph.deleteApplication('object-1')).rejects.toMatchObject({ code: 'upstream-rejected' })
    },
  )

  it('that is denied says which right is lacking', async () => {
    service.on('DELETE', APPLICATION, denied)
    await expect(graph.deleteApplication('object-1')).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/identity-1.*delete an application.*Application\.ReadWrite\.OwnedBy.*owner/s),
    })
  })
})

describe('a deleted application', () => {
  const item = (uniqueName: string | null, id = 'object-1') => ({ id, appId: 'client-1', uniqueName })

  it('is found by the unique name that it keeps, page after page', async () => {
    const next = `https://graph.microsoft.com${DELETED_APPLICATIONS}?$skiptoken=x`
    const last = { body: { value: [item(null), item('steward-prod-etl', 'object-2')] } }
    service.on('GET', DELETED_APPLICATIONS, { body: { value: [item('other')], '@odata.nextLink': next } }, last, last)
    expect(await graph.findDeletedApplication('steward-prod-etl')).toEqual({
      objectId: 'object-2',
      clientId: 'client-1',
    })
    expect(await graph.findDeletedApplication('another')).toBeNull()
  })
})

describe('a deleted service principal', () => {
  const item = (id: string, deletedDateTime: string, appId = 'client-1') => ({ id, appId, deletedDateTime })

  it('is found by its client id; of many, the last one that was deleted', async () => {
    const value = [
      item('first', '2026-01-01T00:00:00Z'),
      item('last', '2026-01-03T00:00:00Z', 'CLIENT-1'),
      item('second', '2026-01-02T00:00:00Z'),
      item('another', '2026-01-04T00:00:00Z', 'client-2'),
    ]
    service.on('GET', DELETED_PRINCIPALS, { body: { value } }, { body: { value: [] } })
    expect(await graph.findDeletedServicePrincipal('client-1')).toEqual({ objectId: 'last', clientId: 'CLIENT-1' })
    expect(await graph.findDeletedServicePrincipal("o'brien")).toBeNull()
    expect(service.requests.map(({ url }) => url.searchParams.get('$filter'))).toEqual([
      "appId eq 'client-1'",
      "appId eq 'o''brien'",
    ])
  })
})

describe.each([
  ['applications', DELETED_APPLICATIONS, () => graph.findDeletedApplication('steward-prod-etl')],
  ['service principals', DELETED_PRINCIPALS, () => graph.findDeletedServicePrincipal('client-1')],
])('deleted %s', (_what, path, find) => {
  it('are told apart from none where Steward may not look', async () => {
    service.on('GET', path, denied)
    expect(await find()).toBe('denied')
  })

  it('are not none when the question is refused', async () => {
    service.on('GET', path, refusal(400, 'Request_UnsupportedQuery'))
    await expect(find()).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('restoring', () => {
  it.each([
    [{ body: { id: 'object-1' } }, 'restored'],
    [{ status: 204 }, 'restored'],
    [missing, 'missing'],
  ])('answers %o with %s', async (answer, outcome) => {
    service.on('POST', RESTORE, answer)
    expect(await graph.restoreDeleted('object-1')).toBe(outcome)
    expect(service.requests[0]?.body).toBe('')
  })

  it('is repeated after a lost answer, which may find that it is done', async () => {
    service.on('POST', RESTORE, { isLost: true }, missing)
    expect(await graph.restoreDeleted('object-1')).toBe('missing')
  })

  it.each([
    [denied, 'upstream-denied'],
    [refusal(409, 'Request_MultipleObjectsWithSameKeyValue'), 'upstream-rejected'],
    [refusal(409, 'Directory_ConcurrencyViolation'), 'upstream-unavailable'],
    [{ status: 404, body: '<html>not found</html>' }, 'upstream-rejected'],
  ])('that ends in %o throws %s', async (answer, code) => {
    service.on('POST', RESTORE, answer)
    await expect(graph.restoreDeleted('object-1')).rejects.toMatchObject({ code })
  })
})
