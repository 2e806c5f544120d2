import { setTimeout as sleep } from 'node:timers/promises'
import { TableClient } from '@azure/data-tables'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeInventory } from '../../local/inspection.ts'
import { createPipeline, type Pipeline } from '../../local/pipeline.ts'
import { FUNCTION_KEY, type Stack, startStack } from '../../local/stack.ts'
import { createStorage } from '../../src/clients/storage/storage.ts'
import { createOnboardingId, createRecord } from '../../src/onboarding/record.ts'
import { parseOnboardingRequest } from '../../src/onboarding/request.ts'
import { stepsOf } from '../../src/onboarding/steps.ts'
import { createOnboardingStore } from '../../src/onboarding/table-store.ts'
import type { OnboardingView } from '../../src/onboarding/view.ts'
import { createLog } from '../../src/platform/log.ts'
import { CONTAINERS, QUEUES, TABLES } from '../../src/platform/storage-names.ts'
import { createRequest } from '../support/onboarding-request.ts'

const MINUTE_MS = 60_000

let stack: Stack
let pipeline: Pipeline

beforeAll(async () => {
  stack = await startStack({ hostFlags: ['--poll-max-ms', '100'] })
  pipeline = createPipeline(stack.baseUrl)
})
afterAll(() => stack.stop())

/** Puts an onboarding on record, without a message. */
async function putOnRecord(name: string, onboardingId: string, acceptedAt: Date): Promise<string> {
  const storage = createStorage({
    source: { kind: 'connection-string', connectionString: stack.connectionString },
    loadCredential: () => Promise.reject(new Error('a connection string needs no credential')),
    tables: Object.values(TABLES),
    queues: Object.values(QUEUES),
    leaseContainer: CONTAINERS.leases,
    endpointSuffix: 'core.windows.net',
  })
  const store = createOnboardingStore(
    storage.table(TABLES.onboardings),
    createLog(() => undefined),
  )
  const request = parseOnboardingRequest(createRequest(name))
  const fresh = {
    direction: 'onboarding' as const,
    onboardingId,
    request,
    onlyStep: null,
    createdBy: 'key',
    correlationId: 'stranded',
  }
  await store.insert(
    createRecord(
      fresh,
      stepsOf(request).map(({ name }) => name),
      acceptedAt,
    ),
  )
  return `/api/onboardings/${onboardingId}`
}

/** As if its time had come. */
async function fireTimer(): Promise<void> {
  const response = await fetch(new URL('/admin/functions/resume-onboardings', stack.baseUrl), {
    method: 'POST',
    headers: { 'x-functions-key': FUNCTION_KEY, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(response.status).toBe(202)
}

describe('an onboarding whose message was lost', () => {
  it('is resumed by the timer, and a doubled fire does no harm', async () => {
    const acceptedAt = new Date(Date.now() - 16 * MINUTE_MS)
    const onboardingId = createOnboardingId(acceptedAt.getTime(), Math.random)
    const location = await putOnRecord('stranded', onboardingId, acceptedAt)
    expect((await pipeline.call<OnboardingView>('GET', location)).body.status).toBe('pending')
    await Promise.all([fireTimer(), fireTimer()])
    expect(await pipeline.follow(location)).toMatchObject({ status: 'succeeded', attempts: 0 })
    const { applications } = await takeInventory(stack.control)
    expect(applications.filter(({ displayName }) => displayName === 'stranded')).toHaveLength(1)
  })
})

describe('a message that overtakes its record', () => {
  it('is kept for a minute, however slowly the record is written', async () => {
    const onboardingId = createOnboardingId(Date.now(), Math.random)
    const queue = QueueServiceClient.fromConnectionString(stack.connectionString).getQueueClient(QUEUES.onboardings)
    await queue.sendMessage(Buffer.from(JSON.stringify({ onboardingId, attempt: 0 })).toString('base64'))
    await sleep(8_000)
    const location = await putOnRecord('overtaken', onboardingId, new Date())
    expect(await pipeline.follow(location)).toMatchObject({ status: 'succeeded' })
  })
})

describe('a row that somebody damaged', () => {
  it('hides neither the other onboardings nor that Steward is ready', async () => {
    const table = TableClient.fromConnectionString(stack.connectionString, TABLES.onboardings, {
      allowInsecureConnection: true,
    })
    const rowKey = createOnboardingId(Date.now() + MINUTE_MS, Math.random)
    await table.createEntity({ partitionKey: 'onboarding', rowKey, record: '{}' })
    const { status, body } = await pipeline.call<{ onboardings: OnboardingView[] }>('GET', '/api/onboardings')
    expect(status).toBe(200)
    expect(body.onboardings.map(({ id }) => id)).not.toContain(rowKey)
    expect(body.onboardings.length).toBeGreaterThan(0)
    expect((await pipeline.call('GET', '/api/health')).status).toBe(200)
    expect(stack.output().join('\n')).toContain('onboarding-unreadable')
  })
})
