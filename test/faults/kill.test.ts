import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRequest, WORKSPACE } from '../support/onboarding-request.ts'
import { killAt } from './kill-at.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectOneOfEverything, expectOnePrincipal } from './oneness.ts'
import { describeCall, UPSTREAM_CALLS } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

describe.concurrent('killed with SIGKILL and started again, an onboarding ends complete with one of everything', () => {
  const cases = UPSTREAM_CALLS.flatMap((call) => (['before', 'after'] as const).map((side) => ({ side, call })))

  it.for(
    cases.map(({ side, call }, index) => ({
      title: `${side} ${describeCall(call)}`,
      side,
      call,
      name: `killed-${index}`,
    })),
  )('$title', async ({ side, call, name }) => {
    await lanes.use(async (lane) => {
      const view = await killAt(lane, side, call, createRequest(name))
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(lane.stack, name)
    })
  })

  it.for(['before', 'after'] as const)(
    '%s the create of a principal that Databricks manages, with a list that lags',
    async (side) => {
      await lanes.use(async (lane) => {
        await lane.stack.control.command('databricks', 'lag', { scimMs: 3_000 })
        const name = `killed-managed-${side}`
        const view = await killAt(
          lane,
          side,
          { service: 'databricks', route: 'servicePrincipals.create', skip: 0 },
          {
            name,
            servicePrincipal: { kind: 'databricks', displayName: name },
            databricks: { workspace: WORKSPACE, groups: ['etl'] },
          },
        )
        await lane.stack.control.command('databricks', 'lag', { scimMs: 0 })
        expect([view.status, view.problem]).toEqual(['succeeded', null])
        await expectOnePrincipal(lane.stack, name)
      })
    },
  )
})

describe('the list of calls', () => {
  it('is every outgoing request of an onboarding by an app that has just started', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const before = (await stack.control.requests()).at(-1)?.seq ?? 0
      await pipeline.onboard(createRequest('listed'))
      const made = (await stack.control.requests(before)).map(({ service, route }) => `${service} ${route}`)
      expect(made.sort()).toEqual(UPSTREAM_CALLS.map(({ service, route }) => `${service} ${route}`).sort())
    })
  })
})
