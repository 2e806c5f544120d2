import { randomUUID } from 'node:crypto'
import type { TimerHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { withInvocation } from '../invocation.ts'

/** Nothing is lost for ever: what stalled goes on. A late or doubled fire does no harm. */
export const resumeOnboardings: TimerHandler = (_timer, invocation) =>
  withInvocation(invocation, randomUUID(), async () => {
    const app = await loadApp()
    await app.resumeOnboardings()
  })
