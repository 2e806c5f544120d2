import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listCanaries } from '../../local/inspection.ts'
import { createPipeline } from '../../local/pipeline.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { CONTAINERS, QUEUES, TABLES } from '../../src/platform/storage-names.ts'
import { createRequest } from '../support/onboarding-request.ts'
import { findSecrets, type Place, readStorage } from '../support/secret-search.ts'

let stack: Stack
const answers: string[] = []

/** Calls as a pipeline does, and keeps all that comes back. */
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; location: string }> {
  const { status, headers, body: received } = await createPipeline(stack.baseUrl).call(method, path, body)
  answers.push(JSON.stringify([...headers]), JSON.stringify(received))
  return { status, location: headers.get('location') ?? '' }
}

async function onboard(name: string): Promise<OnboardingView['status']> {
  const { location } = await call('POST', '/api/onboardings', createRequest(name))
  const { status } = await createPipeline(stack.baseUrl).follow(location)
  await call('GET', location)
  return status
}

async function lookAt(location: string): Promise<OnboardingView> {
  return (await createPipeline(stack.baseUrl).call<OnboardingView>('GET', location)).body
}

/** What must be found nowhere: client secrets, tokens of Steward and of what it made, and the keys of its own doors. */
async function listSecrets(): Promise<string[]> {
  const { tokens } = await stack.control.command<{ tokens: string[] }>('entra', 'tokens')
  // The signature says that a token is usable; the rest of it is public.
  const signatures = tokens.map((token) => token.split('.')[2] ?? '')
  const accountKey = /AccountKey=([^;]+)/.exec(stack.connectionString)?.[1] ?? ''
  return [...(await listCanaries(stack.control)), ...signatures, stack.cloud.identityHeader, accountKey]
}

/** Everything that Steward leaves behind, but for the vaults. */
async function listPlaces(): Promise<Place[]> {
  return [
    { name: 'output', text: stack.output().join('\n') },
    { name: 'answers', text: answers.join('\n') },
    ...(await readStorage(stack.connectionString)),
  ]
}

async function injectFaults(): Promise<void> {
  const { control } = stack
  await control.addFault({ kind: 'status', status: 429, retryAfterSeconds: 1, route: 'applications\\.addPassword' })
  await control.addFault({ kind: 'status', status: 503, route: 'secrets\\.set' })
  await control.addFault({ kind: 'drop', route: 'secrets\\.set' })
  await control.addFault({ kind: 'lost-answer', route: 'secrets\\.set' })
  await control.addFault({ kind: 'status', status: 500, service: 'entra' })
}

beforeAll(async () => {
  // A killed host's message is to be seen again soon, so that it can be read.
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100', '--queue-lease-ms', '2000'] })
})
afterAll(() => stack.stop())

describe('no secret is anywhere but in the vault', () => {
  it('while onboardings succeed, fail, are disturbed and are killed', async () => {
    expect(await onboard('kept')).toBe('succeeded')
    expect((await call('POST', '/api/onboardings?dryRun=true', createRequest('kept'))).status).toBe(200)

    await injectFaults()
    expect(await onboard('disturbed')).toBe('succeeded')
    await stack.control.clearFaults()

    // This one waits for a minute before it goes on: what it has left by then is looked at.
    await stack.control.addFault({ kind: 'lost-answer', route: 'applications\\.addPassword' })
    const { location } = await call('POST', '/api/onboardings', createRequest('lost'))
    await expect
      .poll(() => lookAt(location), { timeout: 20_000 })
      .toMatchObject({ problem: { code: 'outcome-unknown' } })

    await stack.control.addFault({ kind: 'status', status: 400, route: 'secrets\\.set', count: 100 })
    expect(await onboard('rejected')).toBe('failed')
    await call('POST', '/api/onboarding-steps/application', createRequest('stepwise'))
    expect((await call('POST', '/api/onboarding-steps/client-secret', createRequest('stepwise'))).status).toBe(502)
    await stack.control.clearFaults()

    await stack.control.addFault({ kind: 'hold-before', route: 'secrets\\.set' })
    await call('POST', '/api/onboardings', createRequest('killed'))
    await expect.poll(() => stack.control.held(), { timeout: 20_000 }).toHaveLength(1)
    await call('GET', '/api/onboardings?limit=200')
    await stack.hosts[0]?.child.kill()

    const queue = `queue ${QUEUES.onboardings}`
    const readMessages = async () => (await listPlaces()).find(({ name }) => name === queue)?.text
    await expect.poll(readMessages, { timeout: 20_000, interval: 500 }).toContain('onboardingId')

    const canaries = await listCanaries(stack.control)
    const { values } = await stack.control.command<{ values: { name: string; value: string }[] }>('keyvault', 'values')
    expect(values.map(({ name }) => name).toSorted()).toEqual(['disturbed-secret', 'kept-secret'])
    expect(values.every(({ value }) => canaries.includes(value))).toBe(true)
    expect(canaries.length).toBeGreaterThanOrEqual(5)

    const places = await listPlaces()
    expect(places.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...Object.values(TABLES).map((name) => `table ${name}`),
        ...Object.values(QUEUES).map((name) => `queue ${name}`),
        ...Object.values(CONTAINERS).map((name) => `container ${name}`),
      ]),
    )
    expect(findSecrets(places, await listSecrets())).toEqual([])
  })
})

describe('the search itself', () => {
  /** Puts a text in each kind of place, the way it would get there; the host makes a poison queue when it needs one. */
  async function plant(secret: string): Promise<void> {
    const { connectionString } = stack
    const table = TableClient.fromConnectionString(connectionString, TABLES.audit, { allowInsecureConnection: true })
    await table.createEntity({ partitionKey: 'planted', rowKey: '1', detail: JSON.stringify({ secret }) })
    const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(
      `${QUEUES.onboardings}-poison`,
    )
    await queue.createIfNotExists()
    await queue.sendMessage(Buffer.from(JSON.stringify({ onboardingId: 'x', secret })).toString('base64'))
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(CONTAINERS.leases)
    await container.getBlockBlobClient('planted').upload('', 0, { metadata: { secret: encodeURIComponent(secret) } })
  }

  it('finds a secret in a table, a queue and a container', async () => {
    const [canary = ''] = await listCanaries(stack.control)
    await plant(canary)
    expect(findSecrets(await listPlaces(), await listSecrets()).toSorted()).toEqual([
      `container ${CONTAINERS.leases}`,
      `queue ${QUEUES.onboardings}-poison`,
      `table ${TABLES.audit}`,
    ])
  })

  it.each([
    ['plain', (secret: string) => secret],
    ['in JSON', (secret: string) => JSON.stringify({ error: { message: `refused: ${secret}` } })],
    ['in a URL', (secret: string) => `https://h/?s=${encodeURIComponent(secret)}`],
    ['in a basic authorization', (secret: string) => Buffer.from(`client:${secret}`).toString('base64')],
    ['in base64', (secret: string) => Buffer.from(secret).toString('base64url')],
    ['in hex', (secret: string) => Buffer.from(`x${secret}`).toString('hex')],
  ])('finds it %s', (_how, carry) => {
    const places = [
      { name: 'clean', text: 'nothing' },
      { name: 'dirty', text: `{"event":"x"}\n... ${carry('q~8"Q+long~secret_text.0')} ...` },
    ]
    expect(findSecrets(places, ['other', 'q~8"Q+long~secret_text.0'])).toEqual(['dirty'])
  })

  it('finds one in what the app printed and answered', async () => {
    const [canary = ''] = await listCanaries(stack.control)
    answers.push(JSON.stringify({ detail: `the secret ${canary} is not good` }))
    expect(findSecrets(await listPlaces(), [canary])).toContain('answers')
    // Looking for what is printed on purpose shows that the output is really read.
    expect(findSecrets(await listPlaces(), ['onboarding-ended'])).toContain('output')
  })
})
