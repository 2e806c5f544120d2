import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDatabricksService } from '../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../local/cloud/service.ts'
import type { World } from '../../../../local/cloud/world.ts'
import {
  command,
  createPretendWorld,
  dispatch,
  issueToken,
  OTHER_WORKSPACE,
  STEWARD,
  STRANGER,
  WORKSPACE,
} from '../pretend-world.ts'
import { createSend, SCIM, type Send } from './workspace-client.ts'

const ME = `${SCIM}/Me`
const CONF = '/api/2.0/workspace-conf'

let world: World
let service: CloudService
let send: Send

beforeEach(() => {
  world = createPretendWorld()
  service = createDatabricksService(world)
  send = createSend(world, service)
})

afterEach(() => void vi.useRealTimers())

describe('the gateway', () => {
  it.each(['api://2ff814a6-3304-4ab8-85cb-cd0e6f879c1d', 'https://management.core.windows.net'])(
    'refuses a token for %s',
    async (audience) => {
      const answer = await send('GET', ME, { audience })
      expect(answer).toMatchObject({ status: 401, body: { error_code: 401 } })
      expect(answer.headers?.['X-Databricks-Reason-Phrase']).toBe(answer.body.message)
    },
  )

  it('refuses what is no token', async () => {
    const url = `https://${WORKSPACE}${ME}`
    expect(await dispatch(service, { method: 'GET', url })).toMatchObject({ status: 401, body: { error_code: 401 } })
    const garbage = { method: 'GET', url, headers: { authorization: 'Bearer garbage' } }
    expect(await dispatch(service, garbage)).toMatchObject({
      status: 403,
      body: { error_code: 403, message: 'Invalid access token.' },
    })
  })

  it('refuses a token that expires within 30 seconds', async () => {
    expect((await send('GET', ME, { lifetimeSeconds: 29 })).status).toBe(401)
    expect((await send('GET', ME, { lifetimeSeconds: 40 })).status).toBe(200)
  })

  it('lets in nobody from outside the workspace', async () => {
    expect(await send('GET', ME, { as: STRANGER })).toMatchObject({
      status: 403,
      body: { error_code: 403, message: 'Unauthorized access to Org: 1234567890123456' },
    })
    command(service, 'removePrincipal', { applicationId: STEWARD.clientId })
    expect((await send('GET', ME)).status).toBe(403)
    expect((await send('GET', ME, { host: OTHER_WORKSPACE })).status).toBe(200)
  })

  it('makes a Contributor of the resource an admin, with both headers', async () => {
    const [described] = command<{ workspaces: { resourceId: string }[] }>(service, 'inspect').workspaces
    const resourceId = described?.resourceId ?? ''
    const managementToken = issueToken(world.clock, 'https://management.core.windows.net/', STRANGER)
    const both = {
      'x-databricks-azure-sp-management-token': managementToken,
      'x-databricks-azure-workspace-resource-id': resourceId.toUpperCase(),
    }
    const status = async (headers: Record<string, string>) =>
      (await send('GET', `${CONF}?keys=enableTokensConfig`, { as: STRANGER, headers })).status
    expect(await status(both)).toBe(403)
    command(service, 'setContributor', { oid: STRANGER.objectId, contributor: true })
    expect(await status(both)).toBe(200)
    expect(await status({ 'x-databricks-azure-sp-management-token': managementToken })).toBe(403)
    expect(await status({ ...both, 'x-databricks-azure-workspace-resource-id': `${resourceId}x` })).toBe(403)
    expect(
      await status({
        ...both,
        'x-databricks-azure-sp-management-token': issueToken(world.clock, 'https://management.azure.com/', STRANGER),
      }),
    ).toBe(403)
    expect(
      await status({
        ...both,
        'x-databricks-azure-sp-management-token': issueToken(
          world.clock,
          'https://management.core.windows.net/',
          STEWARD,
        ),
      }),
    ).toBe(403)
  })

  it('limits the rate of one workspace, in real time', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    command(service, 'rate', { requestsPerSecond: 2 })
    const statuses = async (host: string) =>
      Promise.all([1, 2, 3].map(async () => (await send('GET', ME, { host })).status))
    expect(await statuses(WORKSPACE)).toEqual([200, 200, 429])
    expect(await statuses(OTHER_WORKSPACE)).toEqual([200, 200, 200])
    expect(await send('GET', ME)).toMatchObject({
      headers: { 'Retry-After': '1' },
      body: { error_code: 'REQUEST_LIMIT_EXCEEDED' },
    })
    world.clock.advance(60_000)
    expect((await send('GET', ME)).status).toBe(429)
    vi.advanceTimersByTime(1000)
    expect(await statuses(WORKSPACE)).toEqual([200, 200, 429])
  })

  it('says so when it does not know a call', async () => {
    expect(await send('GET', '/api/2.0/clusters/list')).toMatchObject({
      status: 501,
      body: { error_code: 'NOT_IMPLEMENTED' },
    })
  })
})

describe('workspace-conf', () => {
  it('keeps strings and shows what was never set as null', async () => {
    expect((await send('PATCH', CONF, { body: { maxTokenLifetimeDays: '90' } })).status).toBe(204)
    const answer = await send('GET', `${CONF}?keys=enableTokensConfig,maxTokenLifetimeDays`)
    expect(answer.body).toEqual({ enableTokensConfig: null, maxTokenLifetimeDays: '90' })
  })

  it('refuses unknown keys and values', async () => {
    expect(await send('GET', `${CONF}?keys=enableByocUi`)).toMatchObject({
      status: 400,
      body: { message: 'Invalid keys: ["enableByocUi"]' },
    })
    expect((await send('PATCH', CONF, { body: { enableTokensConfig: 'maybe' } })).body.message).toContain(
      'Some values are not allowed',
    )
    expect((await send('PATCH', CONF, { body: { enableTokensConfig: true } })).status).toBe(400)
  })

  it('is for admins', async () => {
    command(service, 'seed', { resources: [{ kind: 'ServicePrincipal', applicationId: STRANGER.clientId }] })
    expect((await send('GET', `${CONF}?keys=enableTokensConfig`, { as: STRANGER })).status).toBe(403)
  })
})
