import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWrite } from '../../local/inspection.ts'
import { createPipeline } from '../../local/pipeline.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { followAll, type StopCase, stopAllAt } from './kill-at.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectNothingLeft } from './nothing-left.ts'
import { expectOneOfEverything } from './oneness.ts'
import { nameCall, WRITES } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(3)
})
afterAll(() => lanes.stop())

/** What has no key of its own, what is refused the second time, what replaces everything, and what only one may hold. */
const TELLING = [
  'applications.addPassword',
  'jobs.create',
  'secretScopes.create',
  'roleAssignments.create',
  'permissions.set',
]

describe.concurrent('two instances', () => {
  it('given the same onboarding at once make one of everything, and given the same offboarding remove it', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await stack.startHost()
      const request = createWholeRequest('doubled')
      const views = await Promise.all([1, 2, 3, 4].map(() => pipeline.onboard(request)))
      expect(views.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
      expect(views.flatMap(({ steps }) => steps.filter(({ status }) => status === 'changed'))).toHaveLength(9)
      await expectOneOfEverything(stack, request)
      const removals = await Promise.all([1, 2, 3].map(() => pipeline.offboard(request)))
      expect(removals.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
      await expectNothingLeft(stack.control, request)
    })
  })

  it.for(['before', 'after'] as const)(
    'of which one is frozen past its lease, %s the effect of what it sent: it changes nothing more, and the next onboarding heals what came late',
    async (side) => {
      await lanes.use(async ({ stack, pipeline, host }) => {
        const { control } = stack
        const cases = WRITES.filter(({ route, skip }) => skip === 0 && TELLING.includes(route)).map((call) => {
          return { side, call, request: createWholeRequest(`${side}-${nameCall(call)}`) } satisfies StopCase
        })
        const locations = await stopAllAt(control, pipeline, cases)
        process.kill(host.report.workerPid, 'SIGSTOP')
        process.kill(host.child.pid, 'SIGSTOP')
        await control.clearFaults()
        const other = await stack.startHost()
        const views = await followAll(other.baseUrl, locations)
        expect(views.map(({ status, problem }) => [status, problem])).toEqual(cases.map(() => ['succeeded', null]))

        // Seen before what was held is let go: the log is in the order of answers.
        const seq = Math.max(...(await control.requests()).map((request) => request.seq))
        for (const { id } of await control.held()) await control.release(id)
        process.kill(host.child.pid, 'SIGCONT')
        process.kill(host.report.workerPid, 'SIGCONT')
        await sleep(5_000)
        expect((await control.requests(seq)).filter(isWrite)).toEqual([])

        const healed = await Promise.all(cases.map(({ request }) => createPipeline(other.baseUrl).onboard(request)))
        expect(healed.map(({ status, problem }) => [status, problem])).toEqual(cases.map(() => ['succeeded', null]))
        const changed = healed.flatMap(({ steps }) => steps.filter(({ status }) => status === 'changed'))
        expect(changed.map(({ step }) => step).sort()).toEqual(side === 'before' ? ['client-secret', 'job'] : [])
        for (const { request } of cases) await expectOneOfEverything(stack, request)
      })
    },
  )
})
