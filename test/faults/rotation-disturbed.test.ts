import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { watchConsumers } from './consumers.ts'
import {
  askForRotation,
  eventually,
  FLAVOURS,
  type Flavour,
  onboardCredential,
  readTurn,
  sweepAll,
  waitForTurn,
} from './credentials.ts'
import { DISTURBANCES, type Disturbance } from './disturbances.ts'
import { addForeignThings } from './foreign-things.ts'
import { killHost, type Lane, type Lanes, openLanes } from './lanes.ts'
import { ROTATION_READS, ROTATION_WRITES } from './rotation-calls.ts'
import { expectNoSecretTold, expectSettled } from './settled.ts'
import { describeCall, hitCall, nameCall, type UpstreamCall } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes()
})
afterAll(() => lanes.stop())

/** Every write of a token of a principal that Databricks manages, and what is another one for a client secret. */
const WRITES: readonly { readonly title: string; readonly flavour: Flavour; readonly call: UpstreamCall }[] = [
  ...ROTATION_WRITES.managed.map((call) => ({ flavour: 'managed' as const, call })),
  ...ROTATION_WRITES['client-secret']
    .filter(({ service }) => service === 'graph')
    .map((call) => ({ flavour: 'client-secret' as const, call })),
].map((one) => ({ ...one, title: `${one.flavour}, ${describeCall(one.call)}` }))

/** Rotates one credential for each disturbance, with these calls of it disturbed, and sees how it settles. */
async function disturbEach(
  { stack, pipeline, host }: Lane,
  {
    flavour,
    prefix,
    calls,
    isFresh,
  }: {
    readonly flavour: Flavour
    readonly prefix: string
    readonly calls: readonly UpstreamCall[]
    /** Whether each is of a host that has just started, which has to sign in. */
    readonly isFresh: boolean
  },
): Promise<void> {
  const { control } = stack
  const cases: { disturbance: Disturbance; name: string }[] = DISTURBANCES.map((disturbance) => {
    return { disturbance, name: `${prefix}-${disturbance.id}` }
  })
  const credentials = await Promise.all(cases.map(({ name }) => onboardCredential(pipeline, flavour, name)))
  const foreign = await addForeignThings(control, credentials)
  const consumers = watchConsumers(stack, credentials)
  let running = host
  for (const [index, { disturbance }] of cases.entries()) {
    const credential = credentials[index]
    if (!credential) continue
    if (isFresh) {
      await killHost(running)
      running = await stack.startHost()
    }
    const before = await readTurn(control, [credential])
    for (const call of calls) await control.addFault(hitCall(call, disturbance))
    await askForRotation(createPipeline(running.baseUrl), credential)
    await waitForTurn(control, before)
    expect([disturbance.title, await control.faultHits()]).toEqual([disturbance.title, calls.length])
    await control.clearFaults()
  }
  await sweepAll(stack, running.baseUrl, credentials)
  await eventually(() => expectSettled(stack, credentials))
  expect((await consumers.stop()).complaints).toEqual([])
  await foreign.expectUntouched()
  await expectNoSecretTold(stack)
}

describe.concurrent('a rotation and the retirement behind it end with one live credential, others untouched, when', () => {
  // What takes longest comes first, so that the rest goes on beside it.
  it.for(FLAVOURS)('every read is disturbed in any way: %s', async (flavour) => {
    await lanes.use((lane) =>
      disturbEach(lane, { flavour, prefix: `reads-${flavour}`, calls: ROTATION_READS[flavour], isFresh: true }),
    )
  })

  it.for(WRITES)('a call is disturbed in any way: $title', async ({ flavour, call }) => {
    await lanes.use((lane) => disturbEach(lane, { flavour, prefix: nameCall(call), calls: [call], isFresh: false }))
  })
})
