import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { askForRotation, FLAVOURS, onboardCredential, readTurn, waitForTurn } from './credentials.ts'
import { killHost, type Lanes, openLanes } from './lanes.ts'
import { ROTATION_READS, ROTATION_WRITES } from './rotation-calls.ts'

let lanes: Lanes
beforeAll(async () => {
  lanes = await openLanes(FLAVOURS.length)
})
afterAll(() => lanes.stop())

const listRoutes = (calls: readonly { readonly service: string; readonly route: string }[]): string[] =>
  calls.map(({ service, route }) => `${service} ${route}`).sort()

describe.concurrent('the lists of calls are every outgoing request of a rotation and the retirement behind it', () => {
  it.for(FLAVOURS)('%s', async (flavour) => {
    await lanes.use(async ({ stack, pipeline, host }) => {
      const credential = await onboardCredential(pipeline, flavour, 'listed')
      const before = await readTurn(stack.control, [credential])
      await killHost(host)
      const { baseUrl } = await stack.startHost()
      const seq = Math.max(...(await stack.control.requests()).map((request) => request.seq))
      await askForRotation(createPipeline(baseUrl), credential)
      await waitForTurn(stack.control, before)
      const made = await stack.control.requests(seq)
      expect(listRoutes(made)).toEqual(listRoutes([...ROTATION_READS[flavour], ...ROTATION_WRITES[flavour]]))
    })
  })
})
