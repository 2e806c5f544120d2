import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectOneOfEverything } from './oneness.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(3)
})
afterAll(() => lanes.stop())

describe.concurrent('an onboarding waits for Azure', () => {
  it('while objects, credentials, principals and rights replicate', async () => {
    await lanes.use(async (lane) => {
      const { control } = lane.stack
      await control.command('graph', 'lag', { objectMs: 2_000, credentialMs: 3_000 })
      await control.command('databricks', 'lag', { scimMs: 2_000 })
      await control.command('databricks', 'aclFlakiness', { times: 3 })
      await control.command('arm', 'lag', { principalMs: 6_000 })
      const request = createWholeRequest('lagging')
      const view = await lane.pipeline.onboard(request)
      await control.command('graph', 'lag', { objectMs: 0, credentialMs: 0 })
      await control.command('databricks', 'lag', { scimMs: 0 })
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(lane.stack, request)
      await lane.empty()
    })
  })

  it('while a secret of the same name is being deleted', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.control.addFault({
        kind: 'status',
        status: 503,
        service: 'keyvault',
        route: 'secrets\\.set',
        count: 2,
      })
      const request = createWholeRequest('unsettled')
      const view = await pipeline.onboard(request)
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, request)
    })
  })

  it('through a throttling that outlasts every repetition', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.control.addFault({
        kind: 'status',
        status: 429,
        retryAfterSeconds: 1,
        service: 'databricks',
        count: 25,
      })
      const request = createWholeRequest('throttled')
      const view = await pipeline.onboard(request)
      expect(await stack.control.faultHits()).toBe(25)
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, request)
    })
  })
})
