import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPipeline } from '../../local/pipeline.ts'
import { type RunningHost, type Stack, startStack } from '../../local/stack.ts'
import { createRequest } from '../support/onboarding-request.ts'
import { watchConsumers } from './consumers.ts'
import { askForRotation, eventually, onboardCredential, readTurn, sweepAll, waitForTurn } from './credentials.ts'
import { expectOneOfEverything } from './oneness.ts'
import { expectSettled } from './settled.ts'

let stack: Stack
beforeAll(async () => {
  // The lease of messages is the real one, ten minutes: whoever waited for it would not end in time.
  stack = await startStack({ hostFlags: ['--poll-max-ms', '200'] })
})
afterAll(() => stack.stop())

/** What the platform does when it takes an instance away. */
async function terminate({ child }: RunningHost): Promise<void> {
  process.kill(child.pid, 'SIGTERM')
  await child.exited
}

async function waitForRequest(route: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await stack.control.requests()).some((request) => request.route === route)) return
    await sleep(100)
  }
  throw new Error(`nobody asked for ${route}`)
}

describe('an instance that is taken away while it waits for Azure', () => {
  it('hands its onboarding to another one, which goes on at once', async () => {
    const [first] = stack.hosts
    if (!first) throw new Error('there is no host')
    await stack.control.command('graph', 'lag', { objectMs: 25_000 })
    const accepted = await createPipeline(first.baseUrl).call('POST', '/api/onboardings', createRequest('moved'))
    const { pathname } = new URL(accepted.headers.get('location') ?? '')
    await waitForRequest('applications.create')
    await sleep(2_000)
    const second = await stack.startHost()
    await terminate(first)

    const view = await createPipeline(second.baseUrl).follow(pathname, undefined, 120_000)
    expect([view.status, view.problem]).toEqual(['succeeded', null])
    await expectOneOfEverything(stack, createRequest('moved'))
  })

  it('hands its rotation to another one, which leaves one live credential', async () => {
    const first = stack.hosts.at(-1)
    if (!first) throw new Error('there is no host')
    const { control } = stack
    await control.command('graph', 'lag', { objectMs: 0 })
    const pipeline = createPipeline(first.baseUrl)
    const credentials = await Promise.all(
      (['federated', 'managed'] as const).map((flavour) => onboardCredential(pipeline, flavour, `moved-${flavour}`)),
    )
    const consumers = watchConsumers(stack, credentials)
    const before = await readTurn(control, credentials)
    const seq = (await control.requests()).length
    await control.addFault({ kind: 'slow', delayMs: 3_000, service: 'databricks', route: 'me\\.get' })
    await control.addFault({ kind: 'slow', delayMs: 3_000, service: 'databricks', route: 'oauth\\.token' })
    await Promise.all(credentials.map((credential) => askForRotation(pipeline, credential)))
    await eventually(async () => expect(await control.faultHits()).toBe(2))
    expect((await control.requests(seq)).some(({ route }) => route === 'token.create')).toBe(true)
    const second = await stack.startHost()
    await terminate(first)
    await waitForTurn(control, before)
    await sweepAll(stack, second.baseUrl, credentials)
    await eventually(() => expectSettled(stack, credentials))
    expect((await consumers.stop()).complaints).toEqual([])
  })
})
