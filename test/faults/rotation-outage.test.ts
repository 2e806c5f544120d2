import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../local/cloud/faults.ts'
import { watchConsumers } from './consumers.ts'
import {
  eventually,
  FLAVOURS,
  type Flavour,
  fireTimer,
  type KeptCredential,
  look,
  onboardCredential,
  readTurn,
  sendHint,
  sweepAll,
  waitForEmptyQueue,
} from './credentials.ts'
import { listVersionsInside } from './inside.ts'
import { waitForQuiet } from './kill-at.ts'
import { type Lane, type Lanes, openLanes } from './lanes.ts'
import { expectNoSecretTold, expectSettled } from './settled.ts'

interface Outage {
  readonly title: string
  readonly flavour: Flavour
  readonly fault: Pick<Fault, 'service' | 'route' | 'status' | 'retryAfterSeconds' | 'body'>
  /** After how many attempts Steward gives up for now. */
  readonly attempts: number
  /** Where the vault itself is down the timer finds nothing to do: only an event does. */
  readonly begin: (baseUrl: string, credential: KeptCredential) => Promise<void>
}

const DOWN = { status: 503, retryAfterSeconds: 1 }
const FORBIDDEN = { error: { code: 'Forbidden', message: 'no', innererror: { code: 'ForbiddenByRbac' } } }

const OUTAGES: readonly Outage[] = [
  {
    title: 'the workspace',
    flavour: 'managed',
    fault: { ...DOWN, service: 'databricks' },
    attempts: 6,
    begin: fireTimer,
  },
  {
    title: 'Microsoft Graph',
    flavour: 'client-secret',
    fault: { ...DOWN, service: 'graph' },
    attempts: 6,
    begin: fireTimer,
  },
  { title: 'Key Vault', flavour: 'federated', fault: { ...DOWN, service: 'keyvault' }, attempts: 6, begin: sendHint },
  {
    title: 'the right to write to Key Vault',
    flavour: 'federated',
    fault: { status: 403, body: FORBIDDEN, service: 'keyvault', route: 'secrets\\.set' },
    attempts: 1,
    begin: fireTimer,
  },
]

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(OUTAGES.length + 2)
})
afterAll(() => lanes.stop())

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const MANY = 100_000

function countLines({ stack }: Lane, event: string): number {
  return stack.output().filter((line) => line.includes(`"event":"${event}"`)).length
}

describe.concurrent('an outage of hours leaves the old credential to its consumers, tells once, and heals by itself', () => {
  it.for(OUTAGES)('of $title', async ({ flavour, fault, attempts, begin }) => {
    await lanes.use(async (lane) => {
      const { stack, pipeline, host } = lane
      const { control } = stack
      const credential = await onboardCredential(pipeline, flavour, `outage-${flavour}`)
      await fireTimer(host.baseUrl)
      await eventually(async () => expect(countLines(lane, 'credentials-scanned')).toBe(1))
      const consumers = watchConsumers(stack, [credential])
      const before = await readTurn(control, [credential])
      await control.advanceClock(61 * DAY_MS)
      await control.addFault({ kind: 'status', count: MANY, ...fault })
      for (const round of [1, 2]) {
        await begin(host.baseUrl, credential)
        await eventually(async () => expect(countLines(lane, 'credential-hindered')).toBe(round * attempts), 120_000)
        // The host delivers what turned red again, in vain.
        await waitForEmptyQueue(stack)
        expect(countLines(lane, 'credential-failing')).toBe(1)
        if (round === 1) await control.advanceClock(2 * HOUR_MS)
      }
      await control.clearFaults()
      expect(await readTurn(control, [credential])).toEqual(before)
      const told = await look(pipeline, credential)
      expect([told.state, told.failure?.attempts]).toEqual(['failing', 2])
      await fireTimer(host.baseUrl)
      await eventually(async () => expect(countLines(lane, 'credentials-scanned')).toBeGreaterThan(1))
      await waitForEmptyQueue(stack)
      expect(await readTurn(control, [credential])).toEqual(before)
      await control.advanceClock(3 * HOUR_MS)
      await fireTimer(host.baseUrl)
      await eventually(async () => expect(await readTurn(control, [credential])).not.toEqual(before))
      await eventually(async () => expect((await look(pipeline, credential)).state).toBe('active'))
      await eventually(() => expectSettled(stack, [credential]))
      expect((await consumers.stop()).complaints).toEqual([])
      await expectNoSecretTold(stack)
    })
  })

  it('of Key Vault, when an event is the first that Steward hears of the credential', async () => {
    await lanes.use(async (lane) => {
      const { stack, pipeline, host } = lane
      const credential = await onboardCredential(pipeline, 'federated', 'unheard')
      await stack.control.addFault({ kind: 'status', count: MANY, ...DOWN, service: 'keyvault' })
      await sendHint(host.baseUrl, credential)
      await eventually(async () => expect(countLines(lane, 'credential-failing')).toBe(1), 120_000)
      await waitForEmptyQueue(stack)
      expect(countLines(lane, 'credential-failing')).toBe(1)
    })
  })
})

describe.concurrent('a workspace that allows few requests', () => {
  it('has all of its many due tokens replaced, one after the other', async () => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const { control } = stack
      const credentials = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          onboardCredential(pipeline, FLAVOURS[index % 2] ?? 'managed', `many-${index + 1}`),
        ),
      )
      const consumers = watchConsumers(stack, credentials)
      await control.advanceClock(61 * DAY_MS)
      await control.command('databricks', 'rate', { requestsPerSecond: 4 })
      await fireTimer(host.baseUrl)
      await eventually(async () => {
        const versions = await listVersionsInside(control)
        const counts = credentials.map(({ secretName }) => versions.get(secretName)?.length)
        expect(counts).toEqual(credentials.map(() => 2))
      }, 180_000)
      expect((await control.requests()).some(({ status }) => status === 429)).toBe(true)
      await control.command('databricks', 'rate', { requestsPerSecond: null })
      await waitForQuiet(control)
      await sweepAll(stack, host.baseUrl, credentials)
      await eventually(() => expectSettled(stack, credentials))
      expect((await consumers.stop()).complaints).toEqual([])
    })
  })
})
