import type { Facts } from './step.ts'

/** How to use what an onboarding made: what to put where, never a secret itself. */
export interface OnboardingResult {
  readonly tenantId: string
  readonly clientId?: string
  readonly servicePrincipalObjectId?: string
  readonly clientSecret?: {
    readonly vault: string
    readonly secretName: string
    readonly version: string
    readonly expiresAt: string | null
    /** For app settings of Functions and App Service. */
    readonly keyVaultReference: string
    /** For a shell. */
    readonly command: string
  }
  readonly databricks?: {
    readonly workspace: string
    readonly principalId: string
    readonly applicationId: string
  }
}

export function describeResult(tenantId: string, facts: Partial<Facts>): OnboardingResult {
  const application = facts.application
  const servicePrincipal = facts['service-principal']
  const secret = facts['client-secret']
  const principal = facts['workspace-principal']
  return {
    tenantId,
    ...(application ? { clientId: application.clientId } : {}),
    ...(servicePrincipal ? { servicePrincipalObjectId: servicePrincipal.objectId } : {}),
    ...(secret ? { clientSecret: describeSecret(secret) } : {}),
    ...(principal ? { databricks: principal } : {}),
  }
}

function describeSecret({ vault, secretName, version, expiresAt }: Facts['client-secret']) {
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
