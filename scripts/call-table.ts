import { ARM_RIGHTS } from '../src/clients/arm/rights.ts'
import { MACHINE_LEARNING_RIGHTS } from '../src/clients/azureml/rights.ts'
import { DATABRICKS_RIGHTS, PRINCIPAL_RIGHTS } from '../src/clients/databricks/rights.ts'
import { GRAPH_RIGHTS } from '../src/clients/graph/rights.ts'
import { VAULT_RIGHTS } from '../src/clients/keyvault/rights.ts'
import type { Right } from '../src/clients/right.ts'
import { STORAGE_RIGHTS } from '../src/clients/storage/rights.ts'

/** One kind of call that Steward makes; held against the request log of a whole life of a principal by a test. */
export interface CallRow {
  /** As the pretend Azure names it: service and route; null for storage, which has a log of its own. */
  readonly logged: string | null
  /** Method and path, as the service documents them. */
  readonly request: string
  readonly right: Right
  readonly why: string
}

const row = (logged: string | null, request: string, right: Right, why: string): CallRow => ({
  logged,
  request,
  right,
  why,
})

/** The part of what Steward does as the principal itself: it needs the principal's rights, not Steward's. */
export const AS_PRINCIPAL = 'Azure Databricks, as the principal'

/** The parts of the permissions document. */
export const CALLS: Readonly<Record<string, readonly CallRow[]>> = {
  'Microsoft Graph': [
    row(
      'graph applications.get',
      'GET /applications(uniqueName=…), (appId=…)',
      GRAPH_RIGHTS.readApplication,
      'find the application by our mark, or the one to adopt',
    ),
    row(
      'graph applications.listOwners',
      'GET /applications/{id}/owners',
      GRAPH_RIGHTS.readApplication,
      'see that nobody else can sign in as it',
    ),
    row(
      'graph federatedIdentityCredentials.list',
      'GET /applications/{id}/federatedIdentityCredentials',
      GRAPH_RIGHTS.readApplication,
      'see that no workload elsewhere can sign in as it',
    ),
    row(
      'graph federatedIdentityCredentials.create',
      'POST /applications/{id}/federatedIdentityCredentials',
      GRAPH_RIGHTS.changeFederatedCredentials,
      "let Steward's identity sign in as it, for a rotation without a client secret",
    ),
    row(
      'graph federatedIdentityCredentials.delete',
      'DELETE /applications/{id}/federatedIdentityCredentials/{name}',
      GRAPH_RIGHTS.changeFederatedCredentials,
      'offboarding',
    ),
    row('graph applications.create', 'POST /applications', GRAPH_RIGHTS.createApplication, 'step application'),
    row('graph applications.delete', 'DELETE /applications/{id}', GRAPH_RIGHTS.deleteApplication, 'offboarding'),
    row(
      'graph deletedItems.list',
      'GET /directory/deletedItems/microsoft.graph.application',
      GRAPH_RIGHTS.readDeletedApplications,
      'find what an offboarding deleted; without the right, onboarding such a name again stops at the taken unique name',
    ),
    row(
      'graph deletedServicePrincipals.list',
      'GET /directory/deletedItems/microsoft.graph.servicePrincipal',
      GRAPH_RIGHTS.readDeletedServicePrincipals,
      'restore a principal that did not come back with its application; without the right it is made anew',
    ),
    row(
      'graph deletedItems.restore',
      'POST /directory/deletedItems/{id}/restore',
      GRAPH_RIGHTS.restoreDeleted,
      'onboarding again after an offboarding',
    ),
    row(
      'graph servicePrincipals.get',
      'GET /servicePrincipals(appId=…)',
      GRAPH_RIGHTS.readServicePrincipal,
      'step application; AzureDatabricks itself, for step secret-scope',
    ),
    row(
      'graph servicePrincipals.create',
      'POST /servicePrincipals',
      GRAPH_RIGHTS.createServicePrincipal,
      'step application',
    ),
    row(
      'graph applications.addPassword',
      'POST /applications/{id}/addPassword',
      GRAPH_RIGHTS.changePasswords,
      'step client-secret',
    ),
    row(
      'graph applications.removePassword',
      'POST /applications/{id}/removePassword',
      GRAPH_RIGHTS.changePasswords,
      'a client secret that reached nobody; offboarding',
    ),
  ],
  'Key Vault': [
    row(
      'keyvault secrets.get',
      'GET /secrets/{name}',
      VAULT_RIGHTS.readSecret,
      'step client-secret: whose it is, and whether it is live',
    ),
    row(
      'keyvault secrets.getVersion',
      'GET /secrets/{name}/{version}',
      VAULT_RIGHTS.readSecret,
      'step secret-scope: the copy for a scope in Databricks',
    ),
    row(
      'keyvault secrets.listVersions',
      'GET /secrets/{name}/versions',
      VAULT_RIGHTS.listVersions,
      'a client secret that no version names; a current version that is disabled',
    ),
    row(
      'keyvault secrets.list',
      'GET /secrets',
      VAULT_RIGHTS.listSecrets,
      'rotation: what is there to renew, told by tags and expiry',
    ),
    row(
      'keyvault secrets.update',
      'PATCH /secrets/{name}/{version}',
      VAULT_RIGHTS.updateSecret,
      'rotation: tags that tell how far it is; switching an old version off',
    ),
    row('keyvault secrets.set', 'PUT /secrets/{name}', VAULT_RIGHTS.setSecret, 'step client-secret'),
    row('keyvault secrets.delete', 'DELETE /secrets/{name}', VAULT_RIGHTS.deleteSecret, 'offboarding'),
    row(
      'keyvault deletedSecrets.get',
      'GET /deletedsecrets/{name}',
      VAULT_RIGHTS.readDeletedSecret,
      'whether a deleted secret keeps the name, and whose it is',
    ),
    row(
      'keyvault deletedSecrets.recover',
      'POST /deletedsecrets/{name}/recover',
      VAULT_RIGHTS.recoverSecret,
      'onboarding again after an offboarding',
    ),
  ],
  'Azure Databricks': [
    row(
      'databricks servicePrincipals.list',
      'GET /scim/v2/ServicePrincipals',
      DATABRICKS_RIGHTS.readServicePrincipals,
      'step workspace-principal',
    ),
    row(
      'databricks servicePrincipals.get',
      'GET /scim/v2/ServicePrincipals/{id}',
      DATABRICKS_RIGHTS.readServicePrincipals,
      'one that is to be adopted',
    ),
    row(
      'databricks me.get',
      'GET /scim/v2/Me',
      DATABRICKS_RIGHTS.readServicePrincipals,
      'whether Steward is an admin, when Databricks shows no marks',
    ),
    row(
      'databricks servicePrincipals.create',
      'POST /scim/v2/ServicePrincipals',
      DATABRICKS_RIGHTS.createServicePrincipal,
      'step workspace-principal',
    ),
    row(
      'databricks servicePrincipals.patch',
      'PATCH /scim/v2/ServicePrincipals/{id}',
      DATABRICKS_RIGHTS.changeServicePrincipal,
      'entitlements, and the mark',
    ),
    row(
      'databricks servicePrincipals.delete',
      'DELETE /scim/v2/ServicePrincipals/{id}',
      DATABRICKS_RIGHTS.deleteServicePrincipal,
      'offboarding',
    ),
    row('databricks groups.list', 'GET /scim/v2/Groups', DATABRICKS_RIGHTS.readGroups, 'groups and managers by name'),
    row('databricks groups.patch', 'PATCH /scim/v2/Groups/{id}', DATABRICKS_RIGHTS.changeGroup, 'membership'),
    row(
      'databricks secretScopes.list',
      'GET /secrets/scopes/list',
      DATABRICKS_RIGHTS.readSecretScopes,
      'step secret-scope',
    ),
    row(
      'databricks secretScopes.create',
      'POST /secrets/scopes/create',
      DATABRICKS_RIGHTS.createVaultScope,
      "step secret-scope, backend key-vault: Databricks lets itself into the vault in Steward's name",
    ),
    row(
      'databricks secretScopes.create',
      'POST /secrets/scopes/create',
      DATABRICKS_RIGHTS.createSecretScope,
      'step secret-scope, backend databricks',
    ),
    row(
      'databricks secretScopes.delete',
      'POST /secrets/scopes/delete',
      DATABRICKS_RIGHTS.deleteSecretScope,
      'offboarding',
    ),
    row(
      'databricks workspaceSecrets.list',
      'GET /secrets/list',
      DATABRICKS_RIGHTS.readSecrets,
      'step secret-acl: the vault answers; offboarding: nothing of others is in the scope',
    ),
    row(
      'databricks workspaceSecrets.get',
      'GET /secrets/get',
      DATABRICKS_RIGHTS.readSecrets,
      'whether the copy is current',
    ),
    row('databricks workspaceSecrets.put', 'POST /secrets/put', DATABRICKS_RIGHTS.changeSecrets, 'the copy'),
    row('databricks secretAcls.get', 'GET /secrets/acls/get', DATABRICKS_RIGHTS.readSecretAcls, 'step secret-acl'),
    row(
      'databricks secretAcls.list',
      'GET /secrets/acls/list',
      DATABRICKS_RIGHTS.readSecretAcls,
      'whether others have rights on a scope of our name',
    ),
    row('databricks secretAcls.put', 'POST /secrets/acls/put', DATABRICKS_RIGHTS.changeSecretAcls, 'step secret-acl'),
    row('databricks secretAcls.delete', 'POST /secrets/acls/delete', DATABRICKS_RIGHTS.changeSecretAcls, 'offboarding'),
    row(
      'databricks workspace.getStatus',
      'GET /workspace/get-status',
      DATABRICKS_RIGHTS.readObjects,
      'step job: the notebook',
    ),
    row(
      'databricks workspace.export',
      'GET /workspace/export',
      DATABRICKS_RIGHTS.readObjects,
      'step job: whether somebody changed it',
    ),
    row('databricks workspace.mkdirs', 'POST /workspace/mkdirs', DATABRICKS_RIGHTS.changeObjects, 'step job'),
    row('databricks workspace.import', 'POST /workspace/import', DATABRICKS_RIGHTS.changeObjects, 'step job'),
    row('databricks workspace.delete', 'POST /workspace/delete', DATABRICKS_RIGHTS.changeObjects, 'offboarding'),
    row('databricks jobs.list', 'GET /jobs/list', DATABRICKS_RIGHTS.readJobs, 'step job'),
    row('databricks jobs.get', 'GET /jobs/get', DATABRICKS_RIGHTS.readJobs, 'step job: see whom it runs as'),
    row('databricks jobs.create', 'POST /jobs/create', DATABRICKS_RIGHTS.createJob, 'step job'),
    row('databricks jobs.update', 'POST /jobs/update', DATABRICKS_RIGHTS.changeJob, 'step job'),
    row('databricks jobs.delete', 'POST /jobs/delete', DATABRICKS_RIGHTS.deleteJob, 'offboarding'),
    row(
      'databricks permissions.get',
      'GET /permissions/{jobs, notebooks}/{id}',
      DATABRICKS_RIGHTS.readPermissions,
      'step job-permissions: what others were given',
    ),
    row(
      'databricks permissions.set',
      'PUT /permissions/jobs/{id}',
      DATABRICKS_RIGHTS.changePermissions,
      'step job-permissions: the owner',
    ),
    row(
      'databricks permissions.update',
      'PATCH /permissions/notebooks/{id}',
      DATABRICKS_RIGHTS.changePermissions,
      'step job-permissions: CAN_READ',
    ),
    row(
      'databricks permissions.get',
      'GET /permissions/authorization/tokens',
      DATABRICKS_RIGHTS.readTokenPermissions,
      'step token-permission',
    ),
    row(
      'databricks permissions.update',
      'PATCH /permissions/authorization/tokens',
      DATABRICKS_RIGHTS.changeTokenPermissions,
      'step token-permission: CAN_USE; never PUT, which revokes the tokens of everybody else',
    ),
    row(
      'databricks workspaceConf.get',
      'GET /workspace-conf',
      DATABRICKS_RIGHTS.readTokenSettings,
      'whether tokens are switched on, and how long they may live',
    ),
    row(
      'databricks tokenManagement.list',
      'GET /token-management/tokens',
      DATABRICKS_RIGHTS.readTokens,
      'rotation: which tokens a principal has, and when they were used',
    ),
    row(
      'databricks tokenManagement.delete',
      'DELETE /token-management/tokens/{id}',
      DATABRICKS_RIGHTS.revokeToken,
      'rotation: a token whose time is over, or that reached nobody; offboarding',
    ),
    row(
      'databricks principalSecrets.create',
      'POST /accounts/servicePrincipals/{id}/credentials/secrets',
      DATABRICKS_RIGHTS.changeOAuthSecrets,
      'rotation: a principal that Databricks manages signs in with one',
    ),
    row(
      'databricks principalSecrets.delete',
      'DELETE /accounts/servicePrincipals/{id}/credentials/secrets/{secretId}',
      DATABRICKS_RIGHTS.changeOAuthSecrets,
      'rotation: the same, once it has served',
    ),
    row('databricks jobs.runNow', 'POST /jobs/run-now', DATABRICKS_RIGHTS.runJob, 'step job-run'),
    row('databricks runs.list', 'GET /jobs/runs/list', DATABRICKS_RIGHTS.readRuns, 'step job-run: the newest run'),
    row('databricks runs.get', 'GET /jobs/runs/get', DATABRICKS_RIGHTS.readRuns, 'step job-run'),
    row('databricks runs.getOutput', 'GET /jobs/runs/get-output', DATABRICKS_RIGHTS.readRuns, 'why a run failed'),
    row('databricks runs.cancelAll', 'POST /jobs/runs/cancel-all', DATABRICKS_RIGHTS.cancelRuns, 'offboarding'),
  ],
  [AS_PRINCIPAL]: [
    row(
      'databricks oauth.token',
      'POST /oidc/v1/token',
      PRINCIPAL_RIGHTS.signIn,
      'rotation: sign in with an OAuth secret',
    ),
    row(
      'databricks me.get',
      'GET /scim/v2/Me',
      PRINCIPAL_RIGHTS.signIn,
      'rotation: a new token is used before it is handed out',
    ),
    row(
      'databricks token.create',
      'POST /token/create',
      PRINCIPAL_RIGHTS.createToken,
      'rotation: only a principal itself can make its tokens',
    ),
  ],
  'Azure Resource Manager': [
    row(
      'arm vaults.get',
      'GET {vault}',
      ARM_RIGHTS.readVault,
      'step secret-scope, backend key-vault: whether roles decide who reads it',
    ),
    row(
      'arm roleAssignments.list',
      'GET {resource}/providers/Microsoft.Authorization/roleAssignments',
      ARM_RIGHTS.readRoleAssignments,
      'what the principal has; whether AzureDatabricks may read the vault; GET /access',
    ),
    row(
      'arm roleDefinitions.list',
      'GET {resource}/providers/Microsoft.Authorization/roleDefinitions',
      ARM_RIGHTS.readRoleDefinitions,
      'GET /access: names of roles',
    ),
    row(
      'arm roleAssignments.create',
      'PUT {resource}/providers/Microsoft.Authorization/roleAssignments/{name}',
      ARM_RIGHTS.assignRole,
      'step role-assignments',
    ),
    row(
      'arm roleAssignments.delete',
      'DELETE {resource}/providers/Microsoft.Authorization/roleAssignments/{name}',
      ARM_RIGHTS.unassignRole,
      'offboarding',
    ),
    row(
      'arm machineLearningWorkspaces.get',
      'GET {workspace}',
      MACHINE_LEARNING_RIGHTS.readResource,
      'step role-assignments: the workspace is there',
    ),
    row(
      'arm registries.get',
      'GET {registry}',
      MACHINE_LEARNING_RIGHTS.readResource,
      'step role-assignments: the registry is there',
    ),
  ],
  Storage: [
    row(
      null,
      'tables: onboardings, audit, idempotency',
      STORAGE_RIGHTS.tables,
      'records of what was asked for and done',
    ),
    row(null, 'queue: onboardings', STORAGE_RIGHTS.queues, 'work that goes on after the answer'),
    row(null, 'blob leases', STORAGE_RIGHTS.leases, 'one at a time per principal'),
  ],
}
