import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGraphClient, type GraphClient } from '../../../src/clients/graph/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const CREDENTIALS = '/v1.0/applications/object-1/federatedIdentityCredentials'
const ONE = `${CREDENTIALS}/steward-rotation`

const credential = {
  name: 'steward-rotation',
  issuer: 'https://login.microsoftonline.com/tenant-1/v2.0',
  subject: 'Identity-1',
  audiences: ['api://AzureADTokenExchange'],
}
const { audiences, ...rest } = credential
const wish = { ...rest, audience: audiences[0] ?? '' }

const refusal = (status: number, code: string, message = 'No.'): ScriptedAnswer => ({
  status,
  body: { error: { code, message } },
})
const missing = refusal(404, 'Request_ResourceNotFound')

/** 404s of gateways, proxies and wrong routes. */
const NOT_GRAPH: ScriptedAnswer[] = [
  { status: 404, body: { message: 'no route' } },
  { status: 404, body: '<html>not found</html>' },
  { status: 404 },
  refusal(404, 'ResourceNotFound', "Resource not found for the segment 'federatedIdentityCredentials'."),
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

describe('what is federated with an application', () => {
  it('is listed, page after page, case and all', async () => {
    service.on(
      'GET',
      CREDENTIALS,
      {
        body: {
          value: [{ id: 'x', ...credential, description: null }],
          '@odata.nextLink': `https://graph.microsoft.com${CREDENTIALS}?$skiptoken=x`,
        },
      },
      { body: { value: [{ name: 'flexible', issuer: 'https://i', subject: null, audiences: [] }, { name: 'bare' }] } },
    )
    expect(await graph.listFederatedCredentials('object-1')).toEqual([
      credential,
      { name: 'flexible', issuer: 'https://i', subject: null, audiences: [] },
      { name: 'bare', issuer: '', subject: null, audiences: [] },
    ])
    expect(service.requests.map(({ url }) => url.search)).toEqual([
      '?$select=name,issuer,subject,audiences',
      '?$skiptoken=x',
    ])
  })

  it.each([
    [missing, 'not-propagated'],
    [refusal(403, 'Authorization_RequestDenied'), 'upstream-denied'],
    [{ body: { value: [{ issuer: 'https://i' }] } }, 'upstream-rejected'],
    [
      { body: { value: [], '@odata.nextLink': `https://graph.evil.example${CREDENTIALS}?$skiptoken=x` } },
      'upstream-rejected',
    ],
  ])('is not known from %o', async (answer, code) => {
    service.on('GET', CREDENTIALS, answer)
    await expect(graph.listFederatedCredentials('object-1')).rejects.toMatchObject({ code })
    expect(service.requests).toHaveLength(1)
  })
})

describe('federating an identity with an application', () => {
  it.each([{}, { description: 'made by Steward' }])('is one request (%o)', async (more) => {
    service.on('POST', CREDENTIALS, { status: 201, body: { id: 'x', ...credential } })
    expect(await graph.createFederatedCredential('object-1', { ...wish, ...more })).toBe('created')
    expect(JSON.parse(service.requests[0]?.body ?? '')).toEqual({ ...credential, ...more })
  })

  it.each([
    [
      'already-exists',
      refusal(409, 'Request_MultipleObjectsWithSameKeyValue', 'name steward-rotation already exists.'),
    ],
    [
      'already-exists',
      refusal(
        400,
        'InvalidFederatedIdentityCredentialValue',
        'The combination of issuer and subject must be unique for the application.',
      ),
    ],
    ['concurrent-change', refusal(409, 'Directory_ConcurrencyViolation')],
    ['application-not-replicated', missing],
  ])('may be %s (%o)', async (outcome, answer) => {
    service.on('POST', CREDENTIALS, answer)
    expect(await graph.createFederatedCredential('object-1', wish)).toBe(outcome)
  })

  it('may or may not have worked when the answer is lost', async () => {
    service.on('POST', CREDENTIALS, { isLost: true })
    await expect(graph.createFederatedCredential('object-1', wish)).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(service.requests).toHaveLength(1)
  })

  it.each<[ScriptedAnswer, string, RegExp]>([
    [
      refusal(403, 'Authorization_RequestDenied'),
      'upstream-denied',
      /identity-1 to add and remove federated credentials.*ReadWrite.OwnedBy/s,
    ],
    [
      refusal(400, 'InvalidFederatedIdentityCredentialValue', 'The number of audiences must be exactly one.'),
      'upstream-rejected',
      /exactly one/,
    ],
    [refusal(409, 'SomethingElse', 'What else conflicts.'), 'upstream-rejected', /What else/],
    ...NOT_GRAPH.map((answer): [ScriptedAnswer, string, RegExp] => [answer, 'upstream-rejected', /404/]),
  ])('that ends in %o throws %s', async (answer, code, message) => {
    service.on('POST', CREDENTIALS, answer)
    await expect(graph.createFederatedCredential('object-1', wish)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('ending a federation', () => {
  it('goes by name, again after a lost answer, and finds it gone already', async () => {
    service.on('DELETE', ONE, { isLost: true }, { status: 204 }, missing)
    expect(await graph.deleteFederatedCredential('object-1', 'steward-rotation')).toBe('deleted')
    expect(await graph.deleteFederatedCredential('object-1', 'steward-rotation')).toBe('already-gone')
  })

  it.each([
    [refusal(403, 'Authorization_RequestDenied'), 'upstream-denied'],
    [refusal(409, 'Directory_ConcurrencyViolation'), 'upstream-unavailable'],
    ...NOT_GRAPH.map((answer): [ScriptedAnswer, string] => [answer, 'upstream-rejected']),
  ])('that ends in %o throws %s', async (answer, code) => {
    service.on('DELETE', ONE, answer)
    await expect(graph.deleteFederatedCredential('object-1', 'steward-rotation')).rejects.toMatchObject({ code })
  })
})
