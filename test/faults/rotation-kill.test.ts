import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Consumers, watchConsumers } from './consumers.ts'
import {
  askForRotation,
  eventually,
  type Flavour,
  type KeptCredential,
  onboardCredential,
  readTurn,
  sweepAll,
  type Turn,
  waitForTurn,
} from './credentials.ts'
import { addForeignThings } from './foreign-things.ts'
import { type Side, waitForHeld, waitForQuiet } from './kill-at.ts'
import { killHost, type Lane, type Lanes, openLanes } from './lanes.ts'
import { ROTATION_READS, ROTATION_WRITES } from './rotation-calls.ts'
import { expectNoSecretTold, expectSettled } from './settled.ts'
import { describeCall, hitCall, nameCall, type UpstreamCall } from './upstream-calls.ts'

interface Kill {
  readonly flavour: Flavour
  readonly side: Side
  readonly call: UpstreamCall
  readonly title: string
}

/** So many die together; whoever is held longer than half a minute gives its call up. */
const TOGETHER = 7

const KILLS = planKills()

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(KILLS.length)
})
afterAll(() => lanes.stop())

/** Every write on both sides; reads are all alike, so that a few of them stand for all. */
function planKills(): { readonly title: string; readonly kills: readonly Kill[] }[] {
  const plan = (flavour: Flavour, calls: readonly UpstreamCall[], sides: readonly Side[]): Kill[] =>
    calls.flatMap((call) =>
      sides.map((side) => ({ flavour, call, side, title: `${side} ${describeCall(call)} (${flavour})` })),
    )
  const read = (flavour: Flavour, route: string): Kill[] =>
    plan(flavour, ROTATION_READS[flavour].filter((call) => call.route === route).slice(-1), ['before'])
  const graph = ROTATION_WRITES['client-secret'].filter(({ service }) => service === 'graph')
  const kills = [
    ...plan('managed', ROTATION_WRITES.managed, ['before', 'after']),
    ...plan('client-secret', graph, ['before', 'after']),
    ...read('federated', 'token.v2'),
    ...read('federated', 'me.get'),
    ...read('managed', 'secretAcls.list'),
    ...read('client-secret', 'secrets.listVersions'),
  ]
  const count = Math.ceil(kills.length / TOGETHER)
  return Array.from({ length: count }, (_, index) => kills.filter((_kill, position) => position % count === index)).map(
    (group) => ({ title: group.map(({ title }) => title).join(', '), kills: group }),
  )
}

/** Asks for them one after the other, each as soon as the one before is held and does nothing more. */
async function stopAllRotations(
  { stack: { control }, pipeline }: Lane,
  kills: readonly Kill[],
  credentials: readonly KeptCredential[],
): Promise<void> {
  for (const [index, { side, call, title }] of kills.entries()) {
    const credential = credentials[index]
    if (!credential) continue
    await control.addFault(hitCall(call, { kind: `hold-${side}` }))
    await askForRotation(pipeline, credential)
    await waitForHeld(control, index + 1, `nobody came to ${title}`)
    await waitForQuiet(control)
  }
}

describe.concurrent('killed with SIGKILL and started again, rotations end with one live credential', () => {
  it.for(KILLS)('$title', async ({ kills }) => {
    await lanes.use(async (lane) => {
      const { stack, pipeline, host } = lane
      const credentials = await Promise.all(
        kills.map(({ flavour, side, call }) => onboardCredential(pipeline, flavour, `${side}-${nameCall(call)}`)),
      )
      const foreign = await addForeignThings(stack.control, credentials)
      const consumers: Consumers = watchConsumers(stack, credentials)
      const before: Turn = await readTurn(stack.control, credentials)
      await stopAllRotations(lane, kills, credentials)
      await killHost(host)
      await stack.control.clearFaults()
      const { baseUrl } = await stack.startHost()
      await waitForTurn(stack.control, before, 120_000)
      await sweepAll(stack, baseUrl, credentials)
      await eventually(() => expectSettled(stack, credentials))
      expect((await consumers.stop()).complaints).toEqual([])
      await foreign.expectUntouched()
      await expectNoSecretTold(stack)
    })
  })
})
