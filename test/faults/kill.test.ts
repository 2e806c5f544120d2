import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWholeRequest, WORKSPACE } from '../support/onboarding-request.ts'
import { killAllAt, killAt, type Side } from './kill-at.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectNothingLeft } from './nothing-left.ts'
import { expectOneOfEverything, expectOnePrincipal } from './oneness.ts'
import { createVaultScopeRequest } from './requests.ts'
import {
  describeCall,
  nameCall,
  OFFBOARDING_READS,
  OFFBOARDING_WRITES,
  READS,
  type UpstreamCall,
  VAULT_SCOPE_WRITES,
  WRITES,
} from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

const SIDES: readonly Side[] = ['before', 'after']

/** So many die together; whoever is held longer than half a minute gives its call up. */
const TOGETHER = 7

interface Kill {
  readonly title: string
  readonly side: Side
  readonly call: UpstreamCall
  readonly request: ReturnType<typeof createWholeRequest>
}

/** Every write on both sides; reads are all alike, so that a few of them stand for all. */
function planKills(writes: readonly UpstreamCall[], reads: readonly UpstreamCall[]): Kill[][] {
  const both = writes.flatMap((call) => SIDES.map((side) => ({ call, side })))
  const kills = [...both, ...reads.map((call) => ({ call, side: 'before' as const }))].map(({ call, side }): Kill => {
    const name = `${side}-${nameCall(call)}`
    return { title: `${side} ${describeCall(call)}`, side, call, request: createWholeRequest(name) }
  })
  const count = Math.ceil(kills.length / TOGETHER)
  return Array.from({ length: count }, (_, index) => kills.filter((_kill, position) => position % count === index))
}

const titled = (groups: readonly Kill[][]) =>
  groups.map((kills) => ({ title: kills.map(({ title }) => title).join(', '), kills }))

function pickReads(reads: readonly UpstreamCall[], ...routes: readonly string[]): UpstreamCall[] {
  return reads.filter(({ route, skip }) => skip === 0 && routes.includes(route))
}

describe.concurrent('killed with SIGKILL and started again, onboardings end complete with one of everything', () => {
  const reads = pickReads(READS, 'applications.get', 'token.v2', 'secrets.getVersion', 'runs.get')

  it.for(titled(planKills(WRITES, reads)))('$title', async ({ kills }) => {
    await lanes.use(async (lane) => {
      const views = await killAllAt(lane, kills)
      expect(views.map(({ status, problem }) => [status, problem])).toEqual(kills.map(() => ['succeeded', null]))
      for (const { request } of kills) await expectOneOfEverything(lane.stack, request)
    })
  })

  it.for(SIDES)('%s the create of a scope on a vault', async (side) => {
    await lanes.use(async (lane) => {
      await lane.empty()
      const request = createVaultScopeRequest(`killed-${side}`)
      for (const call of VAULT_SCOPE_WRITES) {
        const view = await killAt(lane, side, call, request)
        expect([view?.status, view?.problem]).toEqual(['succeeded', null])
      }
      await expectOneOfEverything(lane.stack, request)
    })
  })

  it.for(SIDES)('%s the create of a principal that Databricks manages, with a list that lags', async (side) => {
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
      expect([view?.status, view?.problem]).toEqual(['succeeded', null])
      await expectOnePrincipal(lane.stack, name)
    })
  })
})

describe.concurrent('killed with SIGKILL and started again, offboardings end with nothing left', () => {
  const reads = pickReads(OFFBOARDING_READS, 'applications.listOwners', 'roleAssignments.list')

  it.for(titled(planKills(OFFBOARDING_WRITES, reads)))('$title', async ({ kills }) => {
    await lanes.use(async (lane) => {
      const onboarded = await Promise.all(kills.map(({ request }) => lane.pipeline.onboard(request)))
      expect(onboarded.map(({ status }) => status)).toEqual(kills.map(() => 'succeeded'))
      const views = await killAllAt(
        lane,
        kills.map((kill) => ({ ...kill, path: '/api/offboardings' })),
      )
      expect(views.map(({ status, problem }) => [status, problem])).toEqual(kills.map(() => ['succeeded', null]))
      for (const { request } of kills) await expectNothingLeft(lane.stack.control, request)
    })
  })
})
