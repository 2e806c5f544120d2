import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createRequest, WORKSPACE } from '../support/onboarding-request.ts'
import { killHost, type Lane, type Lanes, openLanes } from './lanes.ts'
import { expectOneOfEverything, expectOnePrincipal } from './oneness.ts'
import { describeCall, UPSTREAM_CALLS, type UpstreamCall } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

/** Holds the call on one side of its effect, kills the host there, starts another, and follows the onboarding to its end. */
async function killAt(
  lane: Lane,
  side: 'before' | 'after',
  call: UpstreamCall,
  request: unknown,
): Promise<OnboardingView> {
  const { stack, pipeline, host } = lane
  const { control } = stack
  await control.addFault({ kind: `hold-${side}`, ...call, route: call.route.replaceAll('.', '\\.') })
  const accepted = await pipeline.call('POST', '/api/onboardings', request)
  for (let tries = 0; (await control.held()).length === 0; tries += 1) {
    if (tries > 300) throw new Error(`the onboarding never made the call ${describeCall(call)}`)
    await sleep(50)
  }
  await killHost(host)
  await control.clearFaults()
  const { baseUrl } = await stack.startHost()
  const location = new URL(accepted.headers.get('location') ?? '')
  return createPipeline(baseUrl).follow(location.pathname, undefined, 200_000)
}

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
