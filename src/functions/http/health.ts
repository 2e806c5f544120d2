import { randomUUID } from 'node:crypto'
import type { HttpHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { withInvocation } from '../invocation.ts'

/** `GET /health`: open to all, so it says ready or not and nothing more; why is in the log. */
export const health: HttpHandler = (_request, invocation) => {
  const correlationId = randomUUID()
  return withInvocation(invocation, correlationId, async () => {
    const isReady = await loadApp()
      .then((app) => app.isReady())
      .catch(() => false)
    return {
      status: isReady ? 200 : 503,
      headers: { 'cache-control': 'no-store', 'x-correlation-id': correlationId },
      jsonBody: { status: isReady ? 'ready' : 'not-ready' },
    }
  })
}
