/** One line of the record of changes: who had what done, when, and how it ended. Never a secret. */
export interface AuditEntry {
  /** Stable within its onboarding and step, so that writing it again replaces it. */
  readonly key: string
  readonly who: string
  readonly action: string
  readonly target: string
  readonly outcome: 'started' | 'done' | 'failed'
  /** What the change was part of: an onboarding's id, or a credential. */
  readonly workId: string
  readonly correlationId: string
}

/** Where changes are recorded. A change is written as `started` before it is made: none goes unrecorded. */
export interface AuditTrail {
  /** `begunAt`: when the work was accepted; the same for all its entries, or writing one again would not replace it. */
  record(begunAt: Date, entries: readonly AuditEntry[]): Promise<void>
}
