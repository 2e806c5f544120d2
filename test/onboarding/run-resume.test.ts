import { describe, expect, it } from 'vitest'
import type { OnboardingRecord } from '../../src/onboarding/record.ts'
import { resumeOnboardings } from '../../src/onboarding/resume.ts'
import { createWorld, ID, MANAGED } from './run-world.ts'

const MINUTE_MS = 60_000

async function messagesFor(change: (now: number) => Partial<OnboardingRecord>) {
  const world = createWorld()
  await world.accept(MANAGED, change(world.time.now()))
  await resumeOnboardings(world.ports)
  return world.messages
}

describe('resuming', () => {
  it('enqueues what nobody has worked on for a quarter of an hour, as the attempt that it is at', async () => {
    expect(
      await messagesFor((now) => ({ status: 'running', attempts: 3, updatedAt: new Date(now - 16 * MINUTE_MS) })),
    ).toEqual([{ message: { onboardingId: ID, attempt: 3, correlationId: 'correlation' }, delayMs: 0 }])
  })

  it.each<[string, (now: number) => Partial<OnboardingRecord>]>([
    ['has been worked on lately', (now) => ({ status: 'running', updatedAt: new Date(now - 14 * MINUTE_MS) })],
    [
      'waits for its next attempt',
      (now) => ({
        status: 'running',
        updatedAt: new Date(now - 20 * MINUTE_MS),
        nextAttemptAt: new Date(now - 5 * MINUTE_MS),
      }),
    ],
    ['has succeeded', (now) => ({ status: 'succeeded', updatedAt: new Date(now - 60 * MINUTE_MS) })],
    ['has failed', (now) => ({ status: 'failed', updatedAt: new Date(now - 60 * MINUTE_MS) })],
  ])('leaves alone what %s', async (_what, change) => {
    expect(await messagesFor(change)).toEqual([])
  })
})
