import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { createWholeRequest } from '../support/onboarding-request.ts'
import { killHost, type Lane, type Lanes, openLanes } from './lanes.ts'
import { createManagedTokenRequest, createTokenRequest, createVaultScopeRequest } from './requests.ts'
import {
  COPY_CALLS,
  MANAGED_TOKEN_READS,
  MANAGED_TOKEN_WRITES,
  OFFBOARDING_READS,
  OFFBOARDING_WRITES,
  READS,
  TOKEN_READS,
  TOKEN_WRITES,
  type UpstreamCall,
  VAULT_SCOPE_READS,
  WRITES,
} from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(5)
})
afterAll(() => lanes.stop())

const listRoutes = (calls: readonly Pick<UpstreamCall, 'service' | 'route'>[]): string[] =>
  calls.map(({ service, route }) => `${service} ${route}`).sort()

async function listMade({ control }: Lane['stack'], work: () => Promise<unknown>): Promise<string[]> {
  const before = (await control.requests()).at(-1)?.seq ?? 0
  await work()
  return listRoutes(await control.requests(before))
}

describe.concurrent('the lists of calls are every outgoing request by an app that has just started', () => {
  it('of an onboarding with all sections', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const made = await listMade(stack, () => pipeline.onboard(createWholeRequest('listed')))
      expect(made).toEqual(listRoutes([...READS, ...WRITES]))
    })
  })

  it('of one with a scope on a vault', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const made = await listMade(stack, () => pipeline.onboard(createVaultScopeRequest('listed')))
      const copying = listRoutes(COPY_CALLS)
      const shared = [...READS, ...WRITES].filter(
        (call) => !listRoutes([call]).some((route) => copying.includes(route)),
      )
      expect(made).toEqual(listRoutes([...shared, ...VAULT_SCOPE_READS]))
    })
  })

  it('of one with nothing but a token, the first one in its workspace', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const made = await listMade(stack, () => pipeline.onboard(createTokenRequest('listed-token')))
      expect(made).toEqual(listRoutes([...TOKEN_READS, ...TOKEN_WRITES]))
    })
  })

  it('of one with a token and a copy for a principal that Databricks manages', async () => {
    await lanes.use(async ({ stack, pipeline }) => {
      const made = await listMade(stack, () => pipeline.onboard(createManagedTokenRequest('listed-managed')))
      expect(made).toEqual(listRoutes([...MANAGED_TOKEN_READS, ...MANAGED_TOKEN_WRITES]))
    })
  })

  it('of the offboarding of all that', async () => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      await pipeline.onboard(createWholeRequest('listed'))
      await killHost(host)
      const made = await listMade(stack, async () => {
        const { baseUrl } = await stack.startHost()
        await createPipeline(baseUrl).offboard(createWholeRequest('listed'))
      })
      expect(made).toEqual(listRoutes([...OFFBOARDING_READS, ...OFFBOARDING_WRITES]))
    })
  })
})
