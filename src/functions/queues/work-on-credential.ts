import { randomUUID } from 'node:crypto'
import type { StorageQueueHandler } from '@azure/functions'
import { z } from 'zod'
import { loadApp } from '../../app.ts'
import { StewardError } from '../../platform/errors.ts'
import { withInvocation } from '../invocation.ts'

const workMessageSchema = z.object({
  vaultUrl: z.string(),
  secretName: z.string(),
  who: z.string(),
  attempt: z.number().default(0),
  replaces: z.string().exactOptional(),
  graceHours: z.number().exactOptional(),
  takesOver: z.boolean().exactOptional(),
  correlationId: z.string().exactOptional(),
})

/**
 * One look at a credential. When Steward gives up for now the invocation turns red, once: the host delivers the message
 * again, and the status says that it is too early.
 */
export const workOnCredential: StorageQueueHandler = (message, invocation) => {
  const parsed = workMessageSchema.safeParse(message)
  return withInvocation(invocation, parsed.data?.correlationId ?? randomUUID(), async () => {
    const app = await loadApp()
    if (!parsed.success) {
      // No repetition could make it parse.
      app.log.error('rotation-message-unreadable', { messageId: invocation.triggerMetadata?.['id'] })
      return
    }
    const isRedelivered = Number(invocation.triggerMetadata?.['dequeueCount'] ?? 1) > 1
    const outcome = await app.rotation.work(parsed.data, isRedelivered)
    if (outcome.kind !== 'failing') return
    const { failure } = outcome
    throw new StewardError(failure.code, failure.detail)
  })
}
