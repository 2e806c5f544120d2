import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { eventually, type Flavour, type KeptCredential, onboardCredential, sweepAll } from './credentials.ts'
import { DISTURBANCES } from './disturbances.ts'
import { killAllAt, type Side } from './kill-at.ts'
import { killHost, type Lane, type Lanes, openLanes } from './lanes.ts'
import { createManagedTokenRequest, createTokenRequest } from './requests.ts'
import { expectNoSecretTold, expectSettled } from './settled.ts'
import {
  describeCall,
  hitCall,
  MANAGED_TOKEN_READS,
  MANAGED_TOKEN_WRITES,
  TOKEN_READS,
  TOKEN_WRITES,
  type UpstreamCall,
} from './upstream-calls.ts'

/** What only an onboarding with a token changes; the rest is disturbed with everything else. */
const OWN = [
  'token.create',
  'federatedIdentityCredentials.create',
  'principalSecrets.create',
  'principalSecrets.delete',
]

interface TokenCase {
  readonly title: string
  readonly flavour: Flavour
  readonly calls: readonly UpstreamCall[]
}

const ownCalls = (calls: readonly UpstreamCall[]): UpstreamCall[] => [
  ...calls.filter(({ route }) => OWN.includes(route)),
  ...calls.filter(({ route, skip }) => skip === 0 && ['tokenManagement.delete', 'permissions.update'].includes(route)),
]

const FEDERATED = ownCalls(TOKEN_WRITES)
const MANAGED = ownCalls(MANAGED_TOKEN_WRITES).filter(({ route }) => route.startsWith('principalSecrets'))

const CASES: readonly TokenCase[] = [
  { title: 'every read, federated', flavour: 'federated', calls: TOKEN_READS },
  { title: 'every read, managed', flavour: 'managed', calls: MANAGED_TOKEN_READS },
  ...FEDERATED.map((call) => ({ title: describeCall(call), flavour: 'federated' as const, calls: [call] })),
  ...MANAGED.map((call) => ({ title: describeCall(call), flavour: 'managed' as const, calls: [call] })),
]

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(6)
})
afterAll(() => lanes.stop())

/** Sees that the one token in the vault works, and that no other one of it is alive. */
async function expectOneToken({ stack }: Lane, baseUrl: string, credentials: readonly KeptCredential[]): Promise<void> {
  await sweepAll(stack, baseUrl, credentials)
  await eventually(() => expectSettled(stack, credentials))
  await expectNoSecretTold(stack)
}

describe.concurrent('an onboarding with a token, the first one in its workspace, ends with one live token when', () => {
  it.for(CASES)('a call is disturbed in any way: $title', async ({ title, flavour, calls }) => {
    await lanes.use(async (lane) => {
      const { stack } = lane
      let running = lane.host
      for (const disturbance of DISTURBANCES) {
        await lane.empty()
        // Nobody but a host that has just started has to sign in.
        if (calls.length > 1 && disturbance !== DISTURBANCES[0]) {
          await killHost(running)
          running = await stack.startHost()
        }
        for (const call of calls) await stack.control.addFault(hitCall(call, disturbance))
        const name = `case-${CASES.findIndex((one) => one.title === title) + 1}-${disturbance.id}`
        const credential = await onboardCredential(createPipeline(running.baseUrl), flavour, name)
        expect([disturbance.title, await stack.control.faultHits()]).toEqual([disturbance.title, calls.length])
        await stack.control.clearFaults()
        await expectOneToken(lane, running.baseUrl, [credential])
      }
    })
  })
})

const SIDES: readonly Side[] = ['before', 'after']

/** The first one makes the workspace's first token; from then on there is only the principal's own. */
const KILLS: readonly { readonly flavour: 'federated' | 'managed'; readonly call: UpstreamCall }[] = [
  { flavour: 'federated', call: { service: 'databricks', route: 'tokenManagement.delete', skip: 0 } },
  { flavour: 'federated', call: { service: 'databricks', route: 'token.create', skip: 0 } },
  { flavour: 'federated', call: { service: 'graph', route: 'federatedIdentityCredentials.create', skip: 0 } },
  { flavour: 'federated', call: { service: 'databricks', route: 'permissions.update', skip: 0 } },
  { flavour: 'managed', call: { service: 'databricks', route: 'principalSecrets.create', skip: 0 } },
  { flavour: 'managed', call: { service: 'databricks', route: 'principalSecrets.delete', skip: 0 } },
  { flavour: 'managed', call: { service: 'keyvault', route: 'secrets.set', skip: 0 } },
]

const REQUESTS = { federated: createTokenRequest, managed: createManagedTokenRequest }

describe.concurrent('killed with SIGKILL and started again, onboardings with a token end with one live token', () => {
  it.for(SIDES)('%s what makes them', async (side) => {
    await lanes.use(async (lane) => {
      const { stack } = lane
      await lane.empty()
      const cases = KILLS.map(({ flavour, call }, index) => {
        const name = `${side}-${index + 1}`
        return { flavour, name, side, call, request: REQUESTS[flavour](name) }
      })
      const views = await killAllAt(lane, cases)
      expect(views.map(({ status, problem }) => [status, problem])).toEqual(cases.map(() => ['succeeded', null]))
      const { baseUrl } = stack.hosts.at(-1) ?? lane.host
      const pipeline = createPipeline(baseUrl)
      // Once more, which changes nothing.
      const credentials = await Promise.all(
        cases.map(({ flavour, name }) => onboardCredential(pipeline, flavour, name)),
      )
      await expectOneToken(lane, baseUrl, credentials)
    })
  })
})
