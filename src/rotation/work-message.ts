import type { CredentialRef } from './status.ts'

/** What a message of the rotation queue asks for: which credential to look at, never a payload. */
export interface WorkMessage extends CredentialRef {
  /** Who has it looked at: `timer`, `event`, or the caller. */
  readonly who: string
  /** Attempts that failed before this one. */
  readonly attempt: number
  /** The vault version that shall be replaced whatever it is like; nothing when it is current no more. */
  readonly replaces?: string
  /** With `replaces`: another grace for what is replaced than the policy's. */
  readonly graceHours?: number
  /** With `replaces`: put a credential of Steward's over a version that somebody else added. */
  readonly takesOver?: boolean
  /** Of the call that began it, when that is not the running one. */
  readonly correlationId?: string
}

/** Asks the queue for a look at a credential, at the earliest after the delay. */
export type EnqueueWork = (message: WorkMessage, delayMs: number) => Promise<void>
