import type { AuditEntry } from '../trust/audit.ts'
import type { Decision } from './decision.ts'
import type { Gathered } from './gather.ts'
import { describeCredential } from './rotate.ts'
import type { WorkMessage } from './work-message.ts'
import type { WorkPorts } from './work-ports.ts'

/** What was done to a credential, and for whom. */
export interface Deed {
  readonly action: Decision['action']
  readonly reason: string
  readonly created?: string
  readonly revoked?: readonly string[]
}

/** What a deed is done to. */
export interface Subject {
  readonly gathered: Gathered
  readonly message: WorkMessage
}

/** A change is on record before it is made. */
export function recordIntention(ports: WorkPorts, subject: Subject, deed: Deed): Promise<void> {
  return audit(ports, subject, deed, 'started')
}

/** In the history of the credential, in the audit and in the log. */
export async function recordDeed(ports: WorkPorts, subject: Subject, deed: Deed): Promise<void> {
  const { vaultUrl, secretName, who } = subject.message
  const { action, reason, created = null, revoked = [] } = deed
  const at = new Date(ports.time.now())
  const entry = { at, action, reason, outcome: 'done', who, created, revoked, problem: null } as const
  await Promise.all([ports.store.addHistory({ vaultUrl, secretName }, entry), audit(ports, subject, deed, 'done')])
  ports.log.info('credential-changed', { vaultUrl, secretName, action, reason, created, revoked })
}

/** What was begun, and not brought to its end. */
export function recordFailure(ports: WorkPorts, subject: Subject, deed: Deed): Promise<void> {
  return audit(ports, subject, deed, 'failed')
}

async function audit(
  ports: WorkPorts,
  { gathered: { ref, current }, message }: Subject,
  { action, reason }: Deed,
  outcome: AuditEntry['outcome'],
): Promise<void> {
  const target = describeCredential(ref)
  await ports.audit.record(new Date(ports.time.now()), [
    {
      // The same for every attempt at the same version, so that writing it again replaces it.
      key: `${new URL(ref.vaultUrl).hostname}-${ref.secretName}-${current?.version ?? 'none'}-${action}`,
      who: message.who,
      action: `${action} (${reason})`,
      target,
      outcome,
      workId: target,
      correlationId: message.correlationId ?? '',
    },
  ])
}
