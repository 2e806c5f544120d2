import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWrite, takeInventory } from '../../local/inspection.ts'
import { createPipeline } from '../../local/pipeline.ts'
import { createRequest } from '../support/onboarding-request.ts'
import { killAt } from './kill-at.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectOneOfEverything } from './oneness.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

const NOT_FOUND = { error: { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' } }
const FORBIDDEN = { error: { code: 'Forbidden', message: 'no', innererror: { code: 'ForbiddenByRbac' } } }

describe.concurrent('two things that go wrong together', () => {
  it('a stored secret whose answer is lost and that cannot be read back stays, and is found by the next onboarding', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const { control } = stack
      await control.addFault({ kind: 'lost-answer', service: 'keyvault', route: 'secrets\\.set' })
      await control.addFault({
        kind: 'status',
        status: 403,
        body: FORBIDDEN,
        service: 'keyvault',
        route: 'secrets\\.get',
        skip: 2,
      })
      const view = await pipeline.onboard(createRequest('unreadable'))
      expect([view.status, view.problem?.code]).toEqual(['failed', 'upstream-denied'])
      const again = await pipeline.onboard(createRequest('unreadable'))
      expect([again.status, again.steps[1]?.status]).toEqual(['succeeded', 'unchanged'])
      await expectOneOfEverything(stack, createRequest('unreadable'))
    })
  })

  it('a kill after a client secret was added, and a directory that does not show the application yet', async () => {
    await lanes.use(async (lane) => {
      const call = { service: 'graph', route: 'applications.addPassword', skip: 0 }
      const view = await killAt(lane, 'after', call, createRequest('unseen'), ({ control }) =>
        control.addFault({
          kind: 'status',
          status: 404,
          body: NOT_FOUND,
          service: 'graph',
          route: 'applications\\.get',
        }),
      )
      expect([view?.status, view?.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(lane.stack, createRequest('unseen'))
    })
  })

  it('a second onboarding, and a directory that for a moment does not show the application', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      await pipeline.onboard(createRequest('hidden'))
      await stack.control.addFault({
        kind: 'status',
        status: 404,
        body: NOT_FOUND,
        service: 'graph',
        route: 'applications\\.get',
      })
      const again = await pipeline.onboard(createRequest('hidden'))
      expect([again.status, again.problem]).toEqual(['succeeded', null])
      expect(again.steps.map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged'])
      await expectOneOfEverything(stack, createRequest('hidden'))
    })
  })

  it('a service principal that may not be made leaves no client secret behind', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const denied = {
        error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' },
      }
      await stack.control.addFault({
        kind: 'status',
        status: 403,
        body: denied,
        service: 'graph',
        route: 'servicePrincipals\\.create',
      })
      const view = await pipeline.onboard(createRequest('half'))
      expect([view.status, view.problem?.code]).toEqual(['failed', 'upstream-denied'])
      const { applications } = await takeInventory(stack.control)
      expect(applications.find(({ displayName }) => displayName === 'half')?.passwordCredentials).toEqual([])
    })
  })

  it('a worker that is frozen while Key Vault throttles it, and another that goes on', async () => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const { control } = stack
      await control.addFault({
        kind: 'status',
        status: 429,
        retryAfterSeconds: 15,
        service: 'keyvault',
        route: 'secrets\\.set',
      })
      const accepted = await pipeline.call('POST', '/api/onboardings', createRequest('thawed'))
      while ((await control.faultHits()) === 0) await sleep(50)
      await sleep(200)
      process.kill(host.report.workerPid, 'SIGSTOP')
      process.kill(host.child.pid, 'SIGSTOP')
      const other = await stack.startHost()
      const location = new URL(accepted.headers.get('location') ?? '').pathname
      const view = await createPipeline(other.baseUrl).follow(location, undefined, 200_000)
      const seq = (await control.requests()).at(-1)?.seq ?? 0
      process.kill(host.child.pid, 'SIGCONT')
      process.kill(host.report.workerPid, 'SIGCONT')
      await sleep(8_000)
      expect((await control.requests(seq)).filter(isWrite)).toEqual([])
      expect([view.status, view.problem]).toEqual(['succeeded', null])
      await expectOneOfEverything(stack, createRequest('thawed'))
    })
  })
})
