import type { DatabricksClient } from '../clients/databricks/client.ts'
import type { EntraClient } from '../clients/entra/client.ts'
import type { GraphClient } from '../clients/graph/client.ts'
import type { VaultClient } from '../clients/keyvault/client.ts'
import type { StewardError } from '../platform/errors.ts'
import type { Owner } from '../trust/marks.ts'
import type { Patience } from './propagation.ts'
import type { OnboardingRequest } from './request.ts'

/** The steps, in the order in which people read them. */
export const STEP_NAMES = ['application', 'client-secret', 'workspace-principal'] as const

export type StepName = (typeof STEP_NAMES)[number]

/** Something a step would do, or did: the verb, the thing, and why. */
export interface Change {
  readonly action: 'create' | 'update' | 'remove'
  /** In the field's terms: `application etl-prod`, `secret client-secret in kv-etl-prod.vault.azure.net`. */
  readonly target: string
  readonly reason: string
}

/** A client secret as the app registration lists it. */
export interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly startsAt: Date
  readonly endsAt: Date
}

/** What looking found out that other steps need for their own plan; null while the thing does not exist. */
export interface Sightings {
  application: {
    readonly clientId: string
    readonly passwordCredentials: readonly PasswordCredential[]
  } | null
}

/**
 * What is true once a step has made it so. Facts, not steps, are what other steps wait for, so that a client secret can
 * be asked for while the service principal is still being made.
 */
export interface Facts {
  application: { readonly clientId: string; readonly objectId: string }
  'service-principal': { readonly clientId: string; readonly objectId: string }
  'client-secret': {
    readonly vault: string
    readonly secretName: string
    readonly version: string
    /** ISO 8601. */
    readonly expiresAt: string | null
  }
  'workspace-principal': {
    readonly workspace: string
    readonly principalId: string
    readonly applicationId: string
  }
}

export type FactName = keyof Facts

/** The remote services, as far as onboarding uses them; vaults and workspaces are looked up by origin. */
export interface OnboardingServices {
  readonly graph: GraphClient
  readonly entra: EntraClient
  vault(url: string): VaultClient
  workspace(url: string): DatabricksClient
  /** Object id of Steward's own service principal. */
  ownObjectId(): Promise<string>
  /** Audience that every tenant has, for trying a client secret. */
  readonly trialAudience: string
}

/** What is there while looking: reads only. */
export interface PlanContext {
  readonly request: OnboardingRequest
  readonly owner: Owner
  readonly services: OnboardingServices
  readonly patience: Patience
  /** The sighting of another step; null when the thing does not exist or the request has no such step. */
  sighting<N extends keyof Sightings>(name: N): Promise<Sightings[N]>
  /** For the step whose sighting it is. */
  see<N extends keyof Sightings>(name: N, sighting: Sightings[N]): void
}

/** What is there while acting. */
export interface ApplyContext {
  /** Throws `lease-lost` when somebody else may be at work by now; asked before every call that creates. */
  guard(): void
  /** Waits for a fact; rejects when the step that provides it failed. */
  fact<N extends FactName>(name: N): Promise<Facts[N]>
  provide<N extends FactName>(name: N, fact: Facts[N]): void
  readonly intents: Intents
}

/** Written before a create that has no natural key, so that the next run knows that one may be on its way. */
export interface Intents {
  has(key: string): boolean
  write(key: string): Promise<void>
}

/** What one step would do, and the way to do it: plan and apply are one piece of code. */
export interface StepPlan {
  /** Empty when everything is as wished. */
  readonly changes: readonly Change[]
  /** Why nothing may be done, e.g. `not-ours`; then no step writes anything. */
  readonly refusal?: StewardError
  /** Makes the changes, if any, and provides the step's facts. */
  apply(context: ApplyContext): Promise<void>
}

export interface Step {
  readonly name: StepName
  readonly needs: readonly StepName[]
  readonly provides: readonly FactName[]
  isWanted(request: OnboardingRequest): boolean
  plan(context: PlanContext): Promise<StepPlan>
}
