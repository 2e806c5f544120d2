import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { createWholeRequest, WORKSPACE } from '../support/onboarding-request.ts'
import { DISTURBANCES } from './disturbances.ts'
import { killHost, type Lanes, openLanes } from './lanes.ts'
import { expectNothingLeft } from './nothing-left.ts'
import { expectOneOfEverything, expectOnePrincipal } from './oneness.ts'
import { createVaultScopeRequest } from './requests.ts'
import {
  describeCall,
  hitCall,
  nameCall,
  OFFBOARDING_READS,
  OFFBOARDING_WRITES,
  READS,
  type UpstreamCall,
  VAULT_SCOPE_READS,
  VAULT_SCOPE_WRITES,
  WRITES,
} from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

const titled = (calls: readonly UpstreamCall[]) => calls.map((call) => ({ title: describeCall(call), call }))

/** Reads are repeated each by itself, so that all of them are disturbed at once; writes one by one. */
describe.concurrent('an onboarding ends complete with one of everything when', () => {
  it.for(titled(WRITES))('a call is disturbed in any way: $title', async ({ call }) => {
    await lanes.use(async ({ stack, pipeline }) => {
      for (const disturbance of DISTURBANCES) {
        const request = createWholeRequest(`${nameCall(call)}-${disturbance.id}`)
        await stack.control.addFault(hitCall(call, disturbance))
        const view = await pipeline.onboard(request)
        expect([disturbance.title, await stack.control.faultHits()]).toEqual([disturbance.title, 1])
        expect([disturbance.title, view.status, view.problem]).toEqual([disturbance.title, 'succeeded', null])
        await expectOneOfEverything(stack, request)
        await stack.control.clearFaults()
      }
    })
  })

  it.for(DISTURBANCES)('every read $title', async (disturbance) => {
    await lanes.use(async ({ stack, pipeline }) => {
      const request = createWholeRequest(`reads-${disturbance.id}`)
      for (const call of READS) await stack.control.addFault(hitCall(call, disturbance))
      const view = await pipeline.onboard(request)
      expect(await stack.control.faultHits()).toBe(READS.length)
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, request)
    })
  })

  it.for(DISTURBANCES)('every call for a scope on a vault $title', async (disturbance) => {
    await lanes.use(async (lane) => {
      const { stack, pipeline } = lane
      await lane.empty()
      const request = createVaultScopeRequest(`vault-${disturbance.id}`)
      const calls = [...VAULT_SCOPE_READS, ...VAULT_SCOPE_WRITES]
      for (const call of calls) await stack.control.addFault(hitCall(call, disturbance))
      const view = await pipeline.onboard(request)
      expect(await stack.control.faultHits()).toBe(calls.length)
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, request)
    })
  })

  it.for(['drop', 'lost-answer'] as const)(
    'a principal is made that Databricks manages, with a %s and a list that lags',
    async (kind) => {
      await lanes.use(async ({ stack, pipeline }) => {
        await stack.control.command('databricks', 'lag', { scimMs: 2_000 })
        await stack.control.addFault({ kind, service: 'databricks', route: 'servicePrincipals\\.create' })
        const name = `lost-${kind}`
        const view = await pipeline.onboard({
          name,
          servicePrincipal: { kind: 'databricks', displayName: name },
          databricks: { workspace: WORKSPACE, groups: ['etl'] },
        })
        await stack.control.command('databricks', 'lag', { scimMs: 0 })
        expect([view.status, view.problem]).toEqual(['succeeded', null])
        await expectOnePrincipal(stack, name)
      })
    },
  )
})

describe.concurrent('an offboarding ends with nothing left when', () => {
  it.for(titled(OFFBOARDING_WRITES))('a call is disturbed in any way: $title', async ({ call }) => {
    await lanes.use(async ({ stack, pipeline }) => {
      const cases = DISTURBANCES.map((disturbance) => {
        return { disturbance, request: createWholeRequest(`${nameCall(call)}-${disturbance.id}`) }
      })
      const onboarded = await Promise.all(cases.map(({ request }) => pipeline.onboard(request)))
      expect(onboarded.map(({ status }) => status)).toEqual(cases.map(() => 'succeeded'))
      for (const { disturbance, request } of cases) {
        await stack.control.addFault(hitCall(call, disturbance))
        const view = await pipeline.offboard(request)
        expect([disturbance.title, await stack.control.faultHits()]).toEqual([disturbance.title, 1])
        expect([disturbance.title, view.status, view.problem]).toEqual([disturbance.title, 'succeeded', null])
        await expectNothingLeft(stack.control, request)
        await stack.control.clearFaults()
      }
    })
  })

  it.for(DISTURBANCES)('every read $title', async (disturbance) => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const request = createWholeRequest(`off-reads-${disturbance.id}`)
      expect((await pipeline.onboard(request)).status).toBe('succeeded')
      await killHost(host)
      const { baseUrl } = await stack.startHost()
      for (const call of OFFBOARDING_READS) await stack.control.addFault(hitCall(call, disturbance))
      const view = await createPipeline(baseUrl).offboard(request)
      expect(await stack.control.faultHits()).toBe(OFFBOARDING_READS.length)
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectNothingLeft(stack.control, request)
    })
  })
})
