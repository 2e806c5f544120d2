import type { Config } from '../platform/config-schema.ts'
import type { Draining } from '../platform/draining.ts'
import type { Log } from '../platform/log.ts'
import type { AuditTrail } from '../trust/audit.ts'
import type { ExclusionPorts } from '../trust/exclusion.ts'
import type { GatherPorts } from './gather.ts'
import type { ActPorts } from './rotate.ts'
import type { StatusStore } from './status.ts'
import type { EnqueueWork } from './work-message.ts'

/** What a look at a credential reaches. */
export interface WorkPorts extends ExclusionPorts, GatherPorts, ActPorts {
  readonly config: Config
  readonly store: StatusStore
  readonly audit: AuditTrail
  readonly enqueue: EnqueueWork
  readonly draining: Draining
  readonly log: Log
}
