import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { withOnboardingMessage } from '../../../src/functions/queues/onboarding-message.ts'
import { runOnboarding } from '../../../src/functions/queues/run-onboarding.ts'
import { correlation } from '../../../src/platform/correlation.ts'
import { createRecordingInvocation } from '../recording-invocation.ts'
import { stubSettings } from '../steward-settings.ts'

beforeAll(stubSettings)
afterAll(() => {
  vi.unstubAllEnvs()
})

describe('a message that is none of ours', () => {
  const messages = ['text', 7, null, [], {}, { onboardingId: 7 }, { onboardingId: 'x', misses: 'many' }]
  it.each(messages)('is logged and gone, since no repetition makes it better: %j', async (message) => {
    const { invocation, lines } = createRecordingInvocation()
    invocation.triggerMetadata = { id: 'message-1' }
    await runOnboarding(message, invocation)
    expect(lines).toMatchObject([{ level: 'error', event: 'onboarding-message-unreadable', messageId: 'message-1' }])
  })
})

describe('a message of ours', () => {
  it('is worked on under the id of the call that began it', async () => {
    const { invocation } = createRecordingInvocation()
    const seen: unknown[] = []
    await withOnboardingMessage({ onboardingId: 'a', correlationId: 'build-4711' }, invocation, async (message) => {
      seen.push(message, correlation.getStore()?.id)
    })
    expect(seen).toEqual([
      expect.objectContaining({ onboardingId: 'a', correlationId: 'build-4711', misses: 0 }),
      'build-4711',
    ])
  })

  it('is not done when the work was not: the host delivers it again', async () => {
    const { invocation } = createRecordingInvocation()
    const failing = withOnboardingMessage({ onboardingId: 'a' }, invocation, () => Promise.reject(new Error('storage')))
    await expect(failing).rejects.toThrow('storage')
  })
})
