import type { ActingMethod } from '../trust/act-as-principal.ts'
import type { CredentialTags } from '../trust/credential-tags.ts'
import { ATTENTION } from './decision.ts'
import type { ScannedCredential } from './scan.ts'
import type { CredentialStatus } from './status.ts'

/** A credential as an answer shows it; never its value. */
export interface CredentialView {
  readonly vault: string
  readonly secretName: string
  readonly kind: CredentialStatus['kind']
  /** The onboarding that it is for. */
  readonly name: string
  readonly clientId: string | null
  readonly workspace: string | null
  readonly credentialId: string | null
  readonly state: 'active' | 'paused' | 'disabled' | 'failing' | 'needs-attention'
  readonly expiresAt: string | null
  readonly nextDueAt: string | null
  /** What Steward would do now, and why. */
  readonly decision: ScannedCredential['decision']
  readonly policy: ScannedCredential['policy']
  readonly previous: CredentialTags['previous']
  /** A previous credential that outlives its grace, because it is still used. */
  readonly previousStillUsedUntil: string | null
  readonly scope: string | null
  /** How Steward acts as the principal to make a new one; null for a client secret, which it makes as itself. */
  readonly issuedBy: ActingMethod | null
  readonly lastOutcome: CredentialStatus['lastOutcome']
  readonly failure: CredentialStatus['failure']
}

export function viewCredential(scanned: ScannedCredential, issuedBy: ActingMethod | null): CredentialView {
  const { ref, tags, status, decision, policy, expiresAt, dueAt } = scanned
  return {
    vault: ref.vaultUrl,
    secretName: ref.secretName,
    kind: status.kind,
    name: status.name,
    clientId: tags?.clientId ?? null,
    workspace: tags?.workspace ?? null,
    credentialId: tags?.credentialId ?? null,
    state: stateOf(scanned),
    expiresAt: expiresAt?.toISOString() ?? null,
    nextDueAt: dueAt?.toISOString() ?? null,
    decision,
    policy,
    previous: tags?.previous ?? [],
    previousStillUsedUntil: status.stillUsedUntil?.toISOString() ?? null,
    scope: tags?.scope?.scopeName ?? null,
    issuedBy,
    lastOutcome: status.lastOutcome,
    failure: status.failure,
  }
}

function stateOf({ tags, isEnabled, status, decision }: ScannedCredential): CredentialView['state'] {
  if (!tags) return 'needs-attention'
  if (!isEnabled) return 'disabled'
  if (decision.action === 'none' && ATTENTION.has(decision.reason)) return 'needs-attention'
  if (tags.isPaused) return 'paused'
  return status.failure?.isFailing ? 'failing' : 'active'
}
