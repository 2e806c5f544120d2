import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../local/cloud/faults.ts'
import { isWrite } from '../../local/inspection.ts'
import { createRequest, WORKSPACE } from '../support/onboarding-request.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectOneOfEverything, expectOnePrincipal } from './oneness.ts'
import { describeCall, UPSTREAM_CALLS } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

const DISTURBANCES: readonly (Pick<Fault, 'kind' | 'status' | 'retryAfterSeconds'> & { readonly title: string })[] = [
  { title: 'is throttled', kind: 'status', status: 429, retryAfterSeconds: 1 },
  { title: 'answers 500', kind: 'status', status: 500 },
  { title: 'answers 503', kind: 'status', status: 503 },
  { title: 'loses its connection before the effect', kind: 'drop' },
  { title: 'loses its answer after the effect', kind: 'lost-answer' },
]

describe.concurrent('an onboarding ends complete with one of everything when one call', () => {
  const cases = UPSTREAM_CALLS.flatMap((call) => DISTURBANCES.map((fault) => ({ call, fault })))

  it.for(
    cases.map(({ call, fault }, index) => ({
      title: `${fault.title}: ${describeCall(call)}`,
      call,
      fault,
      name: `disturbed-${index}`,
    })),
  )('$title', async ({ call, fault: { title: _title, ...fault }, name }) => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.control.addFault({ ...fault, ...call, route: call.route.replaceAll('.', '\\.') })
      const view = await pipeline.onboard(createRequest(name))
      expect(await stack.control.faultHits()).toBe(1)
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, name)
    })
  })

  it.for(['drop', 'lost-answer'] as const)(
    'makes a principal that Databricks manages and meets a %s, with a list that lags',
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

describe.concurrent('an onboarding waits for Azure', () => {
  it('while objects, credentials and lists replicate', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.control.command('graph', 'lag', { objectMs: 2_000, credentialMs: 3_000 })
      await stack.control.command('databricks', 'lag', { scimMs: 2_000 })
      const view = await pipeline.onboard(createRequest('lagging'))
      await stack.control.command('graph', 'lag', { objectMs: 0, credentialMs: 0 })
      await stack.control.command('databricks', 'lag', { scimMs: 0 })
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, 'lagging')
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
      const view = await pipeline.onboard(createRequest('unsettled'))
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, 'unsettled')
    })
  })

  it('through a throttling that outlasts every repetition', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.control.addFault({
        kind: 'status',
        status: 429,
        retryAfterSeconds: 1,
        service: 'databricks',
        count: 9,
      })
      const view = await pipeline.onboard(createRequest('throttled'))
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, 'throttled')
    })
  })
})

describe.concurrent('two instances', () => {
  it('given the same onboarding at once make one of everything', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.startHost()
      const request = createRequest('doubled')
      const views = await Promise.all([1, 2, 3, 4].map(() => pipeline.onboard(request)))
      expect(views.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
      expect(views.flatMap(({ steps }) => steps.filter(({ status }) => status === 'changed'))).toHaveLength(3)
      await expectOneOfEverything(stack, 'doubled')
    })
  })

  it('of which one is frozen past its lease: it changes nothing more, and the other makes one of everything', async () => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const { control } = stack
      await control.addFault({ kind: 'hold-after', service: 'graph', route: 'applications\\.addPassword' })
      const accepted = await pipeline.call('POST', '/api/onboardings', createRequest('frozen'))
      while ((await control.held()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
      process.kill(host.report.workerPid, 'SIGSTOP')
      process.kill(host.child.pid, 'SIGSTOP')
      await control.clearFaults()
      for (const { id } of await control.held()) await control.release(id)
      const other = await stack.startHost()
      const { createPipeline } = await import('../../local/pipeline.ts')
      const location = new URL(accepted.headers.get('location') ?? '').pathname
      const view = await createPipeline(other.baseUrl).follow(location, undefined, 200_000)
      const seq = (await control.requests()).at(-1)?.seq ?? 0
      process.kill(host.child.pid, 'SIGCONT')
      process.kill(host.report.workerPid, 'SIGCONT')
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      expect((await control.requests(seq)).filter(isWrite)).toEqual([])
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, 'frozen')
    })
  })
})
