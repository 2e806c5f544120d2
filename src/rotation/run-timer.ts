import pLimit from 'p-limit'
import { StewardError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import { ATTENTION } from './decision.ts'
import { type ScannedCredential, type ScanPorts, scanCredentials } from './scan.ts'
import type { EnqueueWork } from './work-message.ts'

export interface TimerPorts extends ScanPorts {
  readonly enqueue: EnqueueWork
  readonly log: Log
}

/** Messages on their way to the queue at once. */
const SENDS = 16

/**
 * What the timer does: one message for each credential that needs work, and a word to the operator, once, for each that
 * Steward may not touch. A fire that is late or comes twice does no harm: whoever takes the message decides again.
 * Throws at the end, so that the invocation turns red, when anything could not be looked at.
 */
export async function runRotationTimer(ports: TimerPorts): Promise<void> {
  const { store, enqueue, log } = ports
  const limit = pLimit(SENDS)
  const counts: Record<string, number> = {}
  const failures = await scanCredentials(ports, {
    asksWorkspaces: true,
    writes: true,
    onFound: async (found) => {
      for (const { decision } of found) counts[decision.reason] = (counts[decision.reason] ?? 0) + 1
      const due = found.filter(({ decision }) => decision.action !== 'none')
      await Promise.all(due.map(({ ref }) => limit(() => enqueue({ ...ref, who: 'timer', attempt: 0 }, 0))))
      const told = found.flatMap((one) => tellOnce(one, log) ?? [])
      if (told.length > 0) await store.put(told)
    },
  })
  log.info('credentials-scanned', {
    counts,
    failures: failures.map(({ place, error }) => ({ place, code: error.code })),
  })
  if (failures.length === 0) return
  for (const { place, error } of failures) log.error('credentials-not-scanned', { place, error })
  throw new StewardError(
    'upstream-unavailable',
    `The credentials in ${failures.map(({ place }) => place).join(', ')} could not be looked at; the log says why. Those elsewhere were.`,
  )
}

/** The status that remembers what the operator was told; null when there is nothing new to tell. */
function tellOnce({ ref, status, decision }: ScannedCredential, log: Log): ScannedCredential['status'] | null {
  const attention = decision.action === 'none' && ATTENTION.has(decision.reason) ? decision.reason : null
  if (status.attention === attention) return null
  if (attention) log.error('credential-needs-attention', { ...ref, reason: attention })
  return { ...status, attention }
}
