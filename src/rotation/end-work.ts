import type { StewardError } from '../platform/errors.ts'
import type { ActOutcome } from './act.ts'
import { ATTENTION, type Decision } from './decision.ts'
import type { Gathered } from './gather.ts'
import { recordFailure } from './record-deed.ts'
import { describeCredential } from './rotate.ts'
import { type CredentialStatus, type Failure, freshStatus, identityOf } from './status.ts'
import type { WorkMessage } from './work-message.ts'
import type { WorkPorts } from './work-ports.ts'

/** How a look at a credential ended; what is left is in the queue, or the timer finds it. */
export type WorkOutcome =
  | { readonly kind: 'done'; readonly decision: Decision }
  | { readonly kind: 'again'; readonly afterMs: number }
  /** Steward has given up for now; an operator was told if that is new. */
  | { readonly kind: 'failing'; readonly failure: Failure; readonly isNew: boolean }

/** What was found, and what was to be done. */
export interface Look {
  readonly gathered: Gathered
  readonly decision: Decision
  /** Whether the tags may be believed: nothing is remembered of others. */
  readonly isProven: boolean
}

interface Ending {
  readonly message: WorkMessage
  readonly status: CredentialStatus | null
  /** Null when looking failed. */
  readonly look: Look | null
}

const MAX_ATTEMPTS = 6
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 5 * 60_000
/** While failing: when the timer is to try again, doubling from an hour on. */
const FIRST_PAUSE_MS = 60 * 60_000
const LONGEST_PAUSE_MS = 12 * FIRST_PAUSE_MS
/** A queue's messages come back a little early. */
const FOLLOW_UP_MARGIN_MS = 1_000

/** Remembers how it went, and asks for another look where one is due. */
export async function endWell(
  ports: WorkPorts,
  { message, status, look, outcome }: Ending & { readonly look: Look; readonly outcome: ActOutcome },
): Promise<WorkOutcome> {
  const { store, time, enqueue, log } = ports
  const { vaultUrl, secretName } = message
  const { decision } = look
  const at = new Date(time.now())
  const known = identify({ message, status, look })
  if (known) {
    const attention = decision.action === 'none' && ATTENTION.has(decision.reason) ? decision.reason : null
    const isWell = outcome.didSomething || decision.reason === 'healthy'
    const next: CredentialStatus = {
      ...known,
      failure: isWell ? null : known.failure,
      attention,
      lookedAt: at,
      stillUsedUntil: outcome.stillUsedUntil,
      ...(outcome.didSomething ? { lastOutcome: { action: decision.action, reason: decision.reason, at } } : {}),
    }
    await store.put([next])
    if (attention && status?.attention !== attention) {
      log.error('credential-needs-attention', { vaultUrl, secretName, reason: attention })
    }
  }
  if (outcome.againAt) {
    const { replaces: _done, ...rest } = message
    const afterMs = Math.max(0, outcome.againAt.getTime() - at.getTime()) + FOLLOW_UP_MARGIN_MS
    await enqueue({ ...rest, attempt: 0 }, afterMs)
  }
  return { kind: 'done', decision }
}

/** Tries again after a while; gives up for now when that was in vain, or is of no use. */
export async function endBadly(
  ports: WorkPorts,
  { message, status, look, error }: Ending & { readonly error: StewardError },
): Promise<WorkOutcome> {
  const { time, enqueue, log, draining } = ports
  const { vaultUrl, secretName } = message
  const { action, reason } = look?.decision ?? COULD_NOT_LOOK
  log[error.retryable ? 'info' : 'warn']('credential-hindered', { vaultUrl, secretName, action, reason, error })
  // Not the credential's fault, so it is not counted.
  if (draining.isDraining()) {
    await enqueue(message, 0)
    return { kind: 'again', afterMs: 0 }
  }
  const attempt = message.attempt + 1
  if (error.retryable && attempt < MAX_ATTEMPTS) {
    const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** message.attempt, LONGEST_RETRY_MS) * (0.75 + time.random() * 0.5)
    const afterMs = error.retryAfterMs ?? backOffMs
    await enqueue({ ...message, attempt }, afterMs)
    return { kind: 'again', afterMs }
  }
  const known = identify({ message, status, look })
  // Nobody knows that it is ours; a vault that cannot be looked into is told of by the timer.
  if (!known) return { kind: 'done', decision: { action: 'none', reason: 'backing-off' } }
  return giveUp(ports, { message, status, look, error }, known)
}

/** What the history calls a look that failed before anything was decided. */
const COULD_NOT_LOOK = { action: 'check', reason: 'could-not-look' } as const

async function giveUp(
  ports: WorkPorts,
  { message, status, look, error }: Ending & { readonly error: StewardError },
  known: CredentialStatus,
): Promise<WorkOutcome> {
  const { store, time, log } = ports
  const { vaultUrl, secretName, who } = message
  const { action, reason } = look?.decision ?? COULD_NOT_LOOK
  const now = time.now()
  const earlier = status?.failure ?? null
  const attempts = (earlier?.attempts ?? 0) + 1
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_MS)
  const { code, message: detail } = error
  const failure: Failure = {
    code,
    detail,
    since: earlier?.since ?? new Date(now),
    attempts,
    isFailing: true,
    nextTryAt: new Date(now + pauseMs),
  }
  await store.put([{ ...known, failure }])
  const outcome = { outcome: 'failed', who, created: null, revoked: [], problem: { code, detail } } as const
  await store.addHistory(message, { at: new Date(now), action, reason, ...outcome })
  if (look) await recordFailure(ports, { gathered: look.gathered, message }, { action, reason })
  const isNew = earlier === null
  if (isNew) {
    log.error('credential-failing', {
      vaultUrl,
      secretName,
      action,
      reason,
      code,
      detail: `The ${describeCredential(message)} could not be looked after: ${detail} The credential that consumers read stays as it is; Steward tries again.`,
      nextTryAt: failure.nextTryAt.toISOString(),
    })
  }
  return { kind: 'failing', failure, isNew }
}

/** What is remembered, with what the look has proven; null where nothing is. */
function identify({ message, status, look }: Ending): CredentialStatus | null {
  const tags = look?.isProven ? look.gathered.tags : null
  if (!tags) return status
  return { ...(status ?? freshStatus(message, identityOf(tags))), ...identityOf(tags) }
}
