import type { OnboardingRequest } from './request.ts'
import type { Facts, StoredCredential } from './step.ts'

/** A secret in the vault, and how to get at it. */
interface UsableSecret extends StoredCredential {
  /** For app settings of Functions and App Service. */
  readonly keyVaultReference: string
  /** For a shell. */
  readonly command: string
}

/** How to use what an onboarding made: what to put where, never a secret itself. */
export interface OnboardingResult {
  readonly tenantId: string
  readonly clientId?: string
  readonly servicePrincipalObjectId?: string
  readonly clientSecret?: UsableSecret
  readonly databricks?: {
    readonly workspace: string
    readonly principalId: string
    readonly applicationId: string
    /** Rotated by Steward from now on: read it from the vault each time. */
    readonly accessToken?: UsableSecret & { readonly issuedBy: string }
    readonly secretScope?: {
      readonly name: string
      readonly backend: 'databricks' | 'key-vault'
      /** For Spark settings of a cluster; null where the scope holds nothing. */
      readonly secretReference: string | null
      /** For a notebook; null where the scope holds nothing. */
      readonly notebookCode: string | null
    }
    readonly job?: Facts['job'] & { readonly run?: Facts['job-run'] }
  }
  readonly machineLearning?: {
    readonly roleAssignments: Facts['role-assignments']['assignments']
    /** `config.json` of the workspace, for Workspace.from_config() and MLClient.from_config(). */
    readonly config?: {
      readonly subscription_id: string
      readonly resource_group: string
      readonly workspace_name: string
    }
  }
}

export function describeResult(
  tenantId: string,
  request: Pick<OnboardingRequest, 'clientSecret' | 'machineLearning'>,
  facts: Partial<Facts>,
): OnboardingResult {
  const application = facts.application
  const servicePrincipal = facts['service-principal']
  const secret = facts['client-secret']
  const principal = facts['workspace-principal']
  const assignments = facts['role-assignments']?.assignments
  return {
    tenantId,
    ...(application ? { clientId: application.clientId } : {}),
    ...(servicePrincipal ? { servicePrincipalObjectId: servicePrincipal.objectId } : {}),
    ...(secret ? { clientSecret: describeSecret(secret) } : {}),
    ...(principal
      ? {
          databricks: {
            ...principal,
            ...describeToken(facts),
            ...describeScope(request, facts),
            ...describeJob(facts),
          },
        }
      : {}),
    ...(assignments
      ? { machineLearning: { roleAssignments: assignments, ...describeMachineLearning(request.machineLearning) } }
      : {}),
  }
}

function describeSecret({ vault, secretName, version, expiresAt }: StoredCredential): UsableSecret {
  const [vaultName] = new URL(vault).hostname.split('.')
  return {
    vault,
    secretName,
    version,
    expiresAt,
    keyVaultReference: `@Microsoft.KeyVault(SecretUri=${vault}/secrets/${secretName})`,
    command: `az keyvault secret show --vault-name ${vaultName} --name ${secretName} --query value --output tsv`,
  }
}

function describeToken({
  'access-token': token,
}: Partial<Facts>): Pick<NonNullable<OnboardingResult['databricks']>, 'accessToken'> {
  return token ? { accessToken: { ...describeSecret(token), issuedBy: token.issuedBy } } : {}
}

function describeScope(
  { clientSecret }: Pick<OnboardingRequest, 'clientSecret'>,
  { 'secret-scope': scope }: Partial<Facts>,
): Pick<NonNullable<OnboardingResult['databricks']>, 'secretScope'> {
  if (!scope) return {}
  const { scopeName, backend, secretReference } = scope
  const notebookCode =
    clientSecret && secretReference !== null
      ? `dbutils.secrets.get(scope="${scopeName}", key="${clientSecret.secretName}")`
      : null
  return { secretScope: { name: scopeName, backend, secretReference, notebookCode } }
}

function describeJob({
  job,
  'job-run': run,
}: Partial<Facts>): Pick<NonNullable<OnboardingResult['databricks']>, 'job'> {
  return job ? { job: { ...job, ...(run ? { run } : {}) } } : {}
}

/** Reads the parts of the workspace's resource id, which the request's schema has judged. */
function describeMachineLearning(
  section: OnboardingRequest['machineLearning'],
): Pick<NonNullable<OnboardingResult['machineLearning']>, 'config'> {
  const [, , subscriptionId, , resourceGroup, , , , workspaceName] = section?.workspace?.split('/') ?? []
  if (subscriptionId === undefined || resourceGroup === undefined || workspaceName === undefined) return {}
  return {
    config: { subscription_id: subscriptionId, resource_group: resourceGroup, workspace_name: workspaceName },
  }
}
