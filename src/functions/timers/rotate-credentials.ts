import { randomUUID } from 'node:crypto'
import type { TimerHandler } from '@azure/functions'
import { loadApp } from '../../app.ts'
import { withInvocation } from '../invocation.ts'

/** Looks at every credential and has the queue work on those that need it. A late or doubled fire does no harm. */
export const rotateCredentials: TimerHandler = (_timer, invocation) =>
  withInvocation(invocation, randomUUID(), async () => {
    const app = await loadApp()
    await app.rotation.runTimer()
  })
