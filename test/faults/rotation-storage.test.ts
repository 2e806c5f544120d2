import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import type { Stack } from '../../local/stack.ts'
import { QUEUES, TABLES } from '../../src/platform/storage-names.ts'
import { watchConsumers } from './consumers.ts'
import {
  askForRotation,
  eventually,
  FLAVOURS,
  fireTimer,
  look,
  onboardCredential,
  readTurn,
  waitForTurn,
} from './credentials.ts'
import { addForeignThings } from './foreign-things.ts'
import { waitForHeld } from './kill-at.ts'
import { killHost, type Lanes, openLanes } from './lanes.ts'
import { expectSettled } from './settled.ts'
import { hitCall } from './upstream-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(1)
})
afterAll(() => lanes.stop())

const DAY_MS = 24 * 60 * 60 * 1000

/** Deletes every row, message and lease of Steward's own. */
async function loseStorage({ connectionString }: Stack): Promise<void> {
  const options = { allowInsecureConnection: true }
  for (const name of Object.values(TABLES)) {
    const table = TableClient.fromConnectionString(connectionString, name, options)
    for await (const { partitionKey = '', rowKey = '' } of table.listEntities())
      await table.deleteEntity(partitionKey, rowKey)
  }
  const queues = QueueServiceClient.fromConnectionString(connectionString)
  for (const name of Object.values(QUEUES)) await queues.getQueueClient(name).clearMessages()
  const blobs = BlobServiceClient.fromConnectionString(connectionString)
  for await (const { name: containerName } of blobs.listContainers()) {
    const container = blobs.getContainerClient(containerName)
    for await (const { name } of container.listBlobsFlat()) {
      const blob = container.getBlobClient(name)
      await blob
        .getBlobLeaseClient()
        .breakLease(0)
        .catch(() => undefined)
      await blob.delete()
    }
  }
}

describe('with all of its storage lost', () => {
  it('in the middle of rotations, Steward finds every credential again by the next timer', async () => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const { control } = stack
      const kept = await Promise.all(FLAVOURS.map((flavour) => onboardCredential(pipeline, flavour, `kept-${flavour}`)))
      const paused = await onboardCredential(pipeline, 'federated', 'paused')
      const promised = await onboardCredential(pipeline, 'federated', 'promised')
      const overwritten = await onboardCredential(pipeline, 'federated', 'overwritten')
      const all = [...kept, paused, promised, overwritten]
      const foreign = await addForeignThings(control, all)
      expect((await pipeline.call('PATCH', paused.path, { state: 'paused' })).status).toBe(200)
      const replaced = await readTurn(control, [promised])
      expect((await pipeline.call('POST', `${promised.path}/rotations`, {})).status).toBe(202)
      await eventually(async () => expect(await readTurn(control, [promised])).not.toEqual(replaced))
      const byHand = { vault: 'kv-team.vault.azure.net', name: overwritten.secretName, value: 'by hand' }
      await control.command('keyvault', 'put', byHand)
      const consumers = watchConsumers(stack, [...kept, paused, promised])

      await control.addFault(hitCall({ service: 'databricks', route: 'token.create', skip: 0 }, { kind: 'hold-after' }))
      const [first] = kept
      if (first) await askForRotation(pipeline, first)
      await waitForHeld(control, 1, 'nobody made a token')
      await killHost(host)
      await control.clearFaults()
      await loseStorage(stack)
      const { baseUrl } = await stack.startHost()
      await control.advanceClock(61 * DAY_MS)
      const before = await readTurn(control, kept)
      const untouched = await readTurn(control, [paused, overwritten])
      await fireTimer(baseUrl)
      await eventually(async () => {
        const now = await readTurn(control, kept)
        for (const [secretName, version] of before) expect(now.get(secretName)).not.toBe(version)
      })
      await control.advanceClock(3 * DAY_MS)
      await fireTimer(baseUrl)
      await waitForTurn(control, before)
      await eventually(() => expectSettled(stack, [...kept, paused, promised]))
      expect(await readTurn(control, [paused, overwritten])).toEqual(untouched)
      const next = createPipeline(baseUrl)
      expect((await look(next, paused)).state).toBe('paused')
      expect((await look(next, overwritten)).decision).toMatchObject({ reason: 'detached' })
      expect((await consumers.stop()).complaints).toEqual([])
      await foreign.expectUntouched()
    })
  })
})
