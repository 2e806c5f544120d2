import { randomUUID } from 'node:crypto'
import type { EventGridHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { readNearExpiry } from '../../rotation/near-expiry.ts'
import { withInvocation } from '../invocation.ts'

/**
 * A hint of Key Vault, in either event schema: the credential is looked at, and nothing more; the timer is the truth.
 * Throws only when the queue cannot be reached, so that Event Grid delivers again.
 */
export const onSecretNearExpiry: EventGridHandler = (event, invocation) =>
  withInvocation(invocation, randomUUID(), async () => {
    const app = await loadApp()
    const { ref, ...told } = readNearExpiry(app.settings.config, event)
    if (ref) await app.rotation.hint(ref)
    else app.log.warn('event-not-for-us', { eventId: event.id, ...told })
  })
