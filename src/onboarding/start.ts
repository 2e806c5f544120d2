import type { Time } from '../platform/time.ts'
import { claimIdempotencyKey, type IdempotencyStore } from '../trust/idempotency.ts'
import {
  createOnboardingId,
  createRecord,
  type Direction,
  type OnboardingRecord,
  type OnboardingStore,
} from './record.ts'
import type { OnboardingRequest } from './request.ts'
import type { Enqueue } from './run-message.ts'
import type { StepName } from './step.ts'

export interface StartPorts {
  readonly store: OnboardingStore
  readonly idempotency: IdempotencyStore
  readonly time: Time
  readonly enqueue: Enqueue
}

export interface StartOptions {
  readonly direction: Direction
  readonly request: OnboardingRequest
  /** What is to be done of what the request names, in reading order. */
  readonly steps: readonly StepName[]
  readonly onlyStep: StepName | null
  readonly createdBy: string
  readonly correlationId: string
  readonly route: string
  readonly idempotencyKey: string | null
  /** How long the queue shall leave it alone; for what is about to be run by the caller itself. */
  readonly delayMs: number
}

/** Accepts an onboarding: it is in the queue and on record. A repeated key gives the one that it began. */
export async function startOnboarding(ports: StartPorts, options: StartOptions): Promise<OnboardingRecord> {
  const { store, idempotency, time } = ports
  const { direction, request, steps, onlyStep, createdBy, correlationId, route, idempotencyKey, delayMs } = options
  const now = new Date(time.now())
  const freshId = createOnboardingId(now.getTime(), time.random)
  const onboardingId = idempotencyKey
    ? await claimIdempotencyKey(
        idempotency,
        { scope: `${createdBy} ${route}`, key: idempotencyKey, body: { request, steps } },
        freshId,
        now,
      )
    : freshId
  const known = onboardingId === freshId ? null : await store.get(onboardingId)
  if (known) return known.record
  const record = createRecord({ onboardingId, direction, request, onlyStep, createdBy, correlationId }, steps, now)
  // The message goes first: a message without a record is dropped after a while, a record without one waits to be resumed.
  await ports.enqueue({ onboardingId, attempt: record.attempts }, delayMs)
  await store.insert(record)
  await store.setLatest(request.name, record)
  return record
}
