import type { Fault } from '../../local/cloud/faults.ts'

/** A call of an onboarding or offboarding, and which one of several alike. */
export interface UpstreamCall {
  readonly service: string
  readonly route: string
  /** How many of the same kind come before it. */
  readonly skip: number
}

export const listCalls = (service: string, ...routes: readonly string[]): UpstreamCall[] =>
  routes.map((route, index) => ({
    service,
    route,
    skip: routes.slice(0, index).filter((same) => same === route).length,
  }))

// Together these are every outgoing request, of an app that has just started; a test holds them against the log.

/** What an onboarding with all sections asks without changing anything; a sign-in counts as that. */
export const READS: readonly UpstreamCall[] = [
  ...listCalls('identity', 'identity.token', 'identity.token', 'identity.token', 'identity.token'),
  ...listCalls('graph', 'applications.get', 'deletedItems.list'),
  ...listCalls('keyvault', 'secrets.get', 'secrets.get', 'deletedSecrets.get'),
  ...listCalls('keyvault', 'secrets.getVersion', 'secrets.getVersion'),
  ...listCalls('databricks', 'groups.list', 'groups.list', 'secretScopes.list', 'jobs.list'),
  ...listCalls('databricks', 'workspace.getStatus', 'workspace.getStatus'),
  ...listCalls('databricks', 'secretAcls.get', 'workspaceSecrets.list', 'permissions.get', 'runs.get'),
  ...listCalls('arm', 'machineLearningWorkspaces.get', 'registries.get'),
  ...listCalls('entra', 'token.v2'),
]

/** What it changes; what takes longest to heal comes first, so that the rest goes on beside it. */
export const WRITES: readonly UpstreamCall[] = [
  ...listCalls('databricks', 'jobs.create'),
  ...listCalls('graph', 'applications.addPassword', 'applications.create', 'servicePrincipals.create'),
  ...listCalls('databricks', 'secretScopes.create', 'workspace.mkdirs', 'workspace.import'),
  ...listCalls('keyvault', 'secrets.set'),
  ...listCalls('databricks', 'servicePrincipals.create', 'groups.patch', 'secretAcls.put'),
  ...listCalls('databricks', 'permissions.set', 'permissions.update', 'workspaceSecrets.put', 'jobs.runNow'),
  ...listCalls('arm', 'roleAssignments.create', 'roleAssignments.create'),
]

/** What only a scope with copies asks. */
export const COPY_CALLS: readonly UpstreamCall[] = [
  ...listCalls('keyvault', 'secrets.getVersion'),
  ...listCalls('databricks', 'workspaceSecrets.put'),
]

/** What a scope on a vault asks beside what copies and it have in common; the token is the one for Azure's Service Management. */
export const VAULT_SCOPE_READS: readonly UpstreamCall[] = [
  ...listCalls('arm', 'vaults.get', 'roleAssignments.list'),
  ...listCalls('graph', 'servicePrincipals.get'),
  ...listCalls('keyvault', 'secrets.getVersion'),
  { service: 'identity', route: 'identity.token', skip: 4 },
]

/** Made with another body, and with a token for Azure beside the one for Databricks. */
export const VAULT_SCOPE_WRITES: readonly UpstreamCall[] = listCalls('databricks', 'secretScopes.create')

/** What the offboarding of all that asks. */
export const OFFBOARDING_READS: readonly UpstreamCall[] = [
  ...listCalls('identity', 'identity.token', 'identity.token', 'identity.token', 'identity.token'),
  ...listCalls('graph', ...Array.from({ length: 5 }, () => 'applications.get')),
  ...listCalls('graph', 'applications.listOwners'),
  ...listCalls('keyvault', 'secrets.get', 'secrets.get'),
  ...listCalls('databricks', 'secretScopes.list', 'secretScopes.list', 'workspaceSecrets.list'),
  ...listCalls('databricks', 'secretAcls.get', 'secretAcls.list'),
  ...listCalls('databricks', 'jobs.list', 'workspace.getStatus'),
  ...listCalls('databricks', ...Array.from({ length: 3 }, () => 'servicePrincipals.list')),
  ...listCalls('arm', 'roleAssignments.list', 'roleAssignments.list'),
]

/** What it removes. */
export const OFFBOARDING_WRITES: readonly UpstreamCall[] = [
  ...listCalls('arm', 'roleAssignments.delete', 'roleAssignments.delete'),
  ...listCalls('databricks', 'secretAcls.delete', 'runs.cancelAll', 'jobs.delete'),
  ...listCalls('databricks', 'workspace.delete', 'workspace.delete', 'secretScopes.delete', 'servicePrincipals.delete'),
  ...listCalls('graph', 'applications.removePassword'),
  ...listCalls('keyvault', 'secrets.delete'),
  ...listCalls('graph', 'applications.delete'),
]

/**
 * What an onboarding with nothing but a token asks, of an application and of a principal that Databricks manages, in a
 * workspace that never had a token: so the right to make one is refused first, and Steward makes one of its own.
 */
export const TOKEN_WRITES: readonly UpstreamCall[] = [
  ...listCalls('databricks', 'token.create', 'token.create', 'tokenManagement.delete'),
  ...listCalls('databricks', 'permissions.update', 'permissions.update', 'servicePrincipals.create', 'groups.patch'),
  ...listCalls('graph', 'applications.create', 'servicePrincipals.create', 'federatedIdentityCredentials.create'),
  ...listCalls('keyvault', 'secrets.set'),
]

export const TOKEN_READS: readonly UpstreamCall[] = [
  ...listCalls('identity', 'identity.token', 'identity.token', 'identity.token', 'identity.token'),
  ...listCalls('graph', 'applications.get', 'deletedItems.list'),
  ...listCalls('keyvault', 'secrets.get', 'secrets.get', 'deletedSecrets.get', 'secrets.getVersion'),
  ...listCalls('databricks', 'groups.list', 'permissions.get', 'permissions.get', 'workspaceConf.get', 'me.get'),
  ...listCalls('entra', 'token.v2'),
]

export const MANAGED_TOKEN_WRITES: readonly UpstreamCall[] = [
  ...listCalls('databricks', 'principalSecrets.create', 'principalSecrets.delete'),
  ...listCalls('databricks', 'token.create', 'token.create', 'tokenManagement.delete'),
  ...listCalls('databricks', 'permissions.update', 'permissions.update', 'servicePrincipals.create', 'groups.patch'),
  ...listCalls('databricks', 'secretScopes.create', 'secretAcls.put', 'workspaceSecrets.put'),
  ...listCalls('keyvault', 'secrets.set'),
]

export const MANAGED_TOKEN_READS: readonly UpstreamCall[] = [
  ...listCalls('identity', 'identity.token', 'identity.token', 'identity.token'),
  ...listCalls('keyvault', 'secrets.get', 'secrets.get', 'deletedSecrets.get'),
  ...listCalls('keyvault', 'secrets.getVersion', 'secrets.getVersion'),
  ...listCalls('databricks', 'groups.list', 'permissions.get', 'permissions.get', 'workspaceConf.get', 'me.get'),
  ...listCalls('databricks', 'servicePrincipals.list', 'servicePrincipals.list', 'oauth.token'),
  ...listCalls('databricks', 'secretScopes.list', 'secretAcls.get', 'workspaceSecrets.list'),
]

export function describeCall({ service, route, skip }: UpstreamCall): string {
  return `${service} ${route}${skip > 0 ? ` (number ${skip + 1})` : ''}`
}

/** The fault that hits this call. */
export function hitCall(
  { service, route, skip }: UpstreamCall,
  { kind, status, retryAfterSeconds }: Pick<Fault, 'kind' | 'status' | 'retryAfterSeconds'>,
): Fault {
  return {
    service,
    route: route.replaceAll('.', '\\.'),
    skip,
    kind,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}

/** Distinguishes calls in the names of onboardings, which are short. */
export function nameCall({ service, route, skip }: UpstreamCall): string {
  return `${service.slice(0, 2)}-${route.replace('.', '-').toLowerCase()}-${skip + 1}`
}
