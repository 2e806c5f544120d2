import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { watchConsumers } from './consumers.ts'
import {
  askForRotation,
  eventually,
  FLAVOURS,
  fireTimer,
  onboardCredential,
  readTurn,
  sendHint,
  sweepAll,
  waitForEmptyQueue,
  waitForTurn,
} from './credentials.ts'
import { addForeignThings } from './foreign-things.ts'
import { listVersionsInside } from './inside.ts'
import { waitForHeld, waitForQuiet } from './kill-at.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { expectNoSecretTold, expectSettled } from './settled.ts'
import { hitCall } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(3)
})
afterAll(() => lanes.stop())

const DAY_MS = 24 * 60 * 60 * 1000

describe.concurrent('two instances', () => {
  it('with timers, events in both schemas and callers at once replace each credential, and retire it when its grace is over', async () => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const { control } = stack
      const other = await stack.startHost()
      const credentials = await Promise.all(
        FLAVOURS.flatMap((flavour) =>
          ['first', 'second'].map((name) => onboardCredential(pipeline, flavour, `${name}-${flavour}`)),
        ),
      )
      const foreign = await addForeignThings(control, credentials)
      await control.advanceClock(61 * DAY_MS)
      const consumers = watchConsumers(stack, credentials)
      const before = await readTurn(control, credentials)
      const urls = [host.baseUrl, other.baseUrl]
      const askGently = ({ path }: (typeof credentials)[number], url: string) =>
        createPipeline(url).call('POST', `${path}/rotations`, {})
      const answers = await Promise.all([
        ...credentials.flatMap((credential) => urls.map((url) => askGently(credential, url))),
        ...urls.flatMap((url) => [fireTimer(url), fireTimer(url)]),
        ...credentials.flatMap((credential) => [
          sendHint(host.baseUrl, credential, 'event-grid'),
          sendHint(other.baseUrl, credential, 'cloud-event'),
        ]),
      ])
      expect(answers.flatMap((answer) => (answer ? [answer.status] : []))).toEqual(
        credentials.flatMap(() => urls.map(() => 202)),
      )
      const expectReplaced = async (): Promise<void> => {
        const versions = await listVersionsInside(control)
        const counts = credentials.map(({ secretName }) => versions.get(secretName)?.length)
        // A caller who asks when the timer's turn is over has what is new replaced, too.
        for (const count of counts) expect([2, 3]).toContain(count)
      }
      await eventually(expectReplaced)
      await waitForEmptyQueue(stack)
      await expectReplaced()
      await expectSettled(stack, credentials)
      await control.advanceClock(3 * DAY_MS)
      await Promise.all(urls.map(fireTimer))
      await waitForTurn(control, before)
      await expectSettled(stack, credentials)
      expect((await consumers.stop()).complaints).toEqual([])
      await foreign.expectUntouched()
      await expectNoSecretTold(stack)
    })
  })

  it.for(['before', 'after'] as const)(
    'of which one is frozen past its lease, %s the effect of what it sent: what came late is swept, and what is current works',
    async (side) => {
      await lanes.use(async ({ stack, pipeline, host }) => {
        const { control } = stack
        const stops = [
          { flavour: 'managed', name: 'created', service: 'databricks', route: 'token.create' },
          { flavour: 'federated', name: 'stored', service: 'keyvault', route: 'secrets.set' },
          { flavour: 'client-secret', name: 'added', service: 'graph', route: 'applications.addPassword' },
          { flavour: 'managed', name: 'copied', service: 'databricks', route: 'workspaceSecrets.put' },
          { flavour: 'federated', name: 'revoked', service: 'databricks', route: 'tokenManagement.delete' },
        ] as const
        const credentials = await Promise.all(
          stops.map(({ flavour, name }) => onboardCredential(pipeline, flavour, `${name}-${side}`)),
        )
        const foreign = await addForeignThings(control, credentials)
        const consumers = watchConsumers(stack, credentials)
        const before = await readTurn(control, credentials)
        for (const [index, stop] of stops.entries()) {
          const credential = credentials[index]
          if (!credential) continue
          await control.addFault(hitCall({ ...stop, skip: 0 }, { kind: `hold-${side}` }))
          await askForRotation(pipeline, credential)
          await waitForHeld(control, index + 1, `nobody came to ${stop.route}`)
          await waitForQuiet(control)
        }
        process.kill(host.report.workerPid, 'SIGSTOP')
        process.kill(host.child.pid, 'SIGSTOP')
        await control.clearFaults()
        const other = await stack.startHost()
        await waitForTurn(control, before, 120_000)
        for (const { id } of await control.held()) await control.release(id)
        process.kill(host.child.pid, 'SIGCONT')
        process.kill(host.report.workerPid, 'SIGCONT')
        await sleep(3_000)
        await waitForQuiet(control)
        await sweepAll(stack, other.baseUrl, credentials)
        await eventually(() => expectSettled(stack, credentials))
        expect((await consumers.stop()).complaints).toEqual([])
        await foreign.expectUntouched()
        await expectNoSecretTold(stack)
      })
    },
  )
})
