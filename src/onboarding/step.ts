import type { ArmClient } from '../clients/arm/client.ts'
import type { MachineLearningClient } from '../clients/azureml/client.ts'
import type { DatabricksClient, Grant } from '../clients/databricks/client.ts'
import type { EntraClient } from '../clients/entra/client.ts'
import type { Application, GraphClient } from '../clients/graph/client.ts'
import type { VaultClient } from '../clients/keyvault/client.ts'
import type { Cloud } from '../platform/clouds.ts'
import type { Config } from '../platform/config-schema.ts'
import type { StewardError } from '../platform/errors.ts'
import type { Patience } from '../platform/propagation.ts'
import type { ActingMethod, ActingPorts } from '../trust/act-as-principal.ts'
import type { CredentialTags } from '../trust/credential-tags.ts'
import type { Owner } from '../trust/marks.ts'
import type { OnboardingRequest } from './request.ts'

/** The steps, in the order in which people read them. */
export const STEP_NAMES = [
  'application',
  'client-secret',
  'workspace-principal',
  'token-permission',
  'access-token',
  'secret-scope',
  'secret-acl',
  'job',
  'job-permissions',
  'job-run',
  'role-assignments',
] as const

export type StepName = (typeof STEP_NAMES)[number]

/** Something a step would do, or did: the verb, the thing, and why. */
export interface Change {
  readonly action: 'create' | 'update' | 'remove'
  /** In the field's terms: `application etl-prod`, `secret client-secret in kv-etl-prod.vault.azure.net`. */
  readonly target: string
  readonly reason: string
}

/** What looking found out that other steps need for their own plan; null while the thing does not exist. */
export interface Sightings {
  application: {
    readonly clientId: string
    readonly passwordCredentials: Application['passwordCredentials']
  } | null
  'service-principal': { readonly objectId: string } | null
  /** The version that stays; null when there will be a new one. */
  'client-secret': { readonly version: string } | null
  'workspace-principal': { readonly applicationId: string } | null
  /** As with the client secret. */
  'access-token': { readonly version: string } | null
  'secret-scope': { readonly scopeName: string } | null
  job: {
    readonly jobId: string
    /** Null while the notebook does not exist. */
    readonly notebookId: string | null
    /** Who may do what with the job. */
    readonly grants: readonly Grant[]
    readonly isAsWished: boolean
  } | null
  /** Whether the principal has the rights that its job's run needs; null while that cannot be so. */
  'secret-acl': { readonly isAsWished: boolean } | null
  'job-permissions': { readonly isAsWished: boolean } | null
}

export type SightingName = keyof Sightings

/** A credential in the vault. */
export interface StoredCredential {
  readonly vault: string
  readonly secretName: string
  readonly version: string
  /** ISO 8601. */
  readonly expiresAt: string | null
}

/**
 * What is true once a step has made it so. Facts, not steps, are what other steps wait for, so that a client secret can
 * be asked for while the service principal is still being made.
 */
export interface Facts {
  application: { readonly clientId: string; readonly objectId: string }
  'service-principal': { readonly clientId: string; readonly objectId: string }
  'client-secret': StoredCredential
  /** Steward can act as the application, if the request has something to do as it. */
  'sign-in': { readonly clientId: string }
  'workspace-principal': {
    readonly workspace: string
    readonly principalId: string
    readonly applicationId: string
  }
  /** Its entitlements and groups are as wished. */
  'workspace-access': { readonly principalId: string }
  'secret-scope': {
    readonly scopeName: string
    readonly backend: 'databricks' | 'key-vault'
    /** How a cluster's settings name the client secret in it; null when there is none. */
    readonly secretReference: string | null
  }
  'token-permission': { readonly applicationId: string }
  'access-token': StoredCredential & { readonly issuedBy: ActingMethod }
  /** What the scope shall hold is in it. */
  'secret-copy': { readonly scopeName: string }
  'secret-acl': { readonly scopeName: string; readonly permission: 'READ' }
  job: {
    readonly jobId: string
    readonly notebookId: string
    readonly notebookPath: string
    readonly url: string
  }
  'job-permissions': { readonly jobId: string; readonly managers: readonly string[] }
  'job-run': { readonly runId: string; readonly url: string | null; readonly result: string }
  'role-assignments': {
    readonly assignments: readonly { readonly scope: string; readonly role: string; readonly name: string }[]
  }
}

export type FactName = keyof Facts

/** What is remembered of the credentials that are kept fresh from now on. */
export interface CredentialMemory {
  /** Whose the credential in this secret is; later the vault's tags must say the same. */
  remember(
    place: { readonly vaultUrl: string; readonly secretName: string },
    identity: Pick<CredentialTags, 'kind' | 'clientId' | 'workspace'> & { readonly name: string },
  ): Promise<void>
  /** What is taken away is not missed any more. */
  forget(place: { readonly vaultUrl: string; readonly secretName: string }): Promise<void>
}

/** The remote services, as far as onboarding uses them; vaults and workspaces are looked up by origin. */
export interface OnboardingServices {
  readonly graph: GraphClient
  readonly entra: EntraClient
  vault(url: string): VaultClient
  workspace(url: string): DatabricksClient
  readonly arm: ArmClient
  readonly machineLearning: MachineLearningClient
  /** Steward's own service principal. */
  whoAmI(): Promise<{ readonly objectId: string; readonly clientId: string }>
  /** Audience that every tenant has, for trying a client secret. */
  readonly trialAudience: string
  readonly acting: ActingPorts
  readonly credentials: CredentialMemory
}

/** What every look at an onboarding starts from: reads only. */
export interface LookContext {
  readonly request: OnboardingRequest
  readonly owner: Owner
  readonly config: Config
  readonly cloud: Cloud
  readonly tenantId: string
  readonly services: OnboardingServices
  readonly patience: Patience
  /** Steps that an earlier run of this onboarding set out to change something in. */
  readonly begunSteps: readonly StepName[]
  /** When this onboarding was accepted; null for a mere plan. */
  readonly begunAt: Date | null
}

/** What is there while a step plans. */
export interface PlanContext extends LookContext {
  /** The single step that was asked for; null for a whole onboarding. */
  readonly onlyStep: StepName | null
  /** The sighting of another step; null when the thing does not exist or the request has no such step. */
  sighting<N extends SightingName>(name: N): Promise<Sightings[N]>
  /** For the step whose sighting it is. */
  see<N extends SightingName>(name: N, sighting: Sightings[N]): void
}

/** What is there while acting. */
export interface ApplyContext {
  /** Throws `lease-lost` when somebody else may be at work by now; asked before every call that creates. */
  guard(): void
  /** Waits for a fact; rejects when the step that provides it failed. */
  fact<N extends FactName>(name: N): Promise<Facts[N]>
  provide<N extends FactName>(name: N, fact: Facts[N]): void
  readonly intents: Intents
  /** The same in every run of this onboarding, and in no other. */
  readonly onboardingId: string
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
  /** What its plan tells the plans of others; null unless it says so. */
  readonly sees: readonly SightingName[]
  readonly provides: readonly FactName[]
  isWanted(request: OnboardingRequest): boolean
  plan(context: PlanContext): Promise<StepPlan>
}

/** The mirror of a step: what to remove of what the request names and Steward marked; it may be asked for alone. */
export interface Removal {
  readonly name: StepName
  plan(context: LookContext): Promise<StepPlan>
}
