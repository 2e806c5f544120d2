import type { World } from '../world.ts'

/** Milliseconds until a write arrives where it is read. */
export interface Lag {
  /** New applications and service principals, until reads see them. */
  objectMs: number
  /** New client secrets, until sign-in takes them. */
  credentialMs: number
  /** New and changed federated credentials, until sign-in takes them. */
  federatedMs: number
}

/** What tests may change about how Graph behaves. */
export interface Behaviour {
  readonly lag: Lag
  /** Whether an application-only caller becomes owner of what it makes without asking for it. */
  readonly ownership: { onCreate: boolean; onUpsert: boolean }
  /** What a service principal of an application that has not replicated yet is refused with. */
  unreplicatedApplication: 'bad-request' | 'forbidden'
  /** Changes of one application's secrets that follow each other closer than this are refused; 0 for never. */
  concurrencyWindowMs: number
  /** How many of the next changes of secrets are refused whatever their distance. */
  concurrencyViolations: number
  /**
   * What becomes of a deleted service principal when its application is restored. The API's documentation has it stay
   * deleted until it is restored by itself; the portal brings back both.
   */
  servicePrincipalOfRestored: 'comes-back' | 'stays-deleted'
  /** Longest lifetime that the tenant's policy allows client secrets. */
  maxPasswordLifetimeMs: number | null
}

export interface GraphState {
  readonly world: World
  behaviour: Behaviour
  /** Every client secret ever issued, removed ones too: what a search for leaks looks for. */
  readonly issuedSecrets: string[]
  /** Object ids whose roles are read from the directory instead of the token they were issued in. */
  readonly currentRoles: Set<string>
  /** Per application, when its secrets last changed. */
  readonly passwordsChangedAt: Map<string, number>
}

export function createBehaviour(): Behaviour {
  return {
    lag: { objectMs: 0, credentialMs: 0, federatedMs: 0 },
    ownership: { onCreate: true, onUpsert: false },
    unreplicatedApplication: 'bad-request',
    concurrencyWindowMs: 0,
    concurrencyViolations: 0,
    servicePrincipalOfRestored: 'stays-deleted',
    maxPasswordLifetimeMs: null,
  }
}
