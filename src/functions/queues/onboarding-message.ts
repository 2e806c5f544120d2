import { randomUUID } from 'node:crypto'
import type { InvocationContext } from '@azure/functions'
import { z } from 'zod'
import { loadApp } from '../../app.ts'
import { withInvocation } from '../invocation.ts'

/** What a message of the onboarding queue holds: ids and a count, never a payload. */
const onboardingMessageSchema = z.object({
  onboardingId: z.string(),
  /** The record's count of attempts when it was sent. */
  attempt: z.number().default(0),
  /** Of the call that began it, so that its log lines are found together. */
  correlationId: z.string().optional(),
  /** How often its record was not there yet. */
  misses: z.number().default(0),
})

type OnboardingMessage = z.output<typeof onboardingMessageSchema>

/** Runs work for a message; one that does not parse is logged and gone, because no repetition could make it parse. */
export function withOnboardingMessage(
  message: unknown,
  invocation: InvocationContext,
  work: (message: OnboardingMessage) => Promise<void>,
): Promise<void> {
  const parsed = onboardingMessageSchema.safeParse(message)
  return withInvocation(invocation, parsed.data?.correlationId ?? randomUUID(), async () => {
    if (parsed.success) return work(parsed.data)
    const app = await loadApp()
    app.log.error('onboarding-message-unreadable', { messageId: invocation.triggerMetadata?.['id'] })
  })
}
