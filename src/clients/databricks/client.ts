import type { HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { createJsonApi } from '../json-api.ts'
import { type AdministratorCalls, administratorCalls } from './administrators.ts'
import { toApiError } from './errors.ts'
import { type GroupCalls, groupCalls } from './groups.ts'
import type { Job, JobSettings, JobTask } from './job-settings.ts'
import { type JobCalls, jobCalls } from './jobs.ts'
import { type OAuthSecretCalls, oauthSecretCalls } from './oauth-secrets.ts'
import { type DirectGrant, type Grant, type PermissionCalls, permissionCalls } from './permissions.ts'
import type { Run } from './run-state.ts'
import { type RunCalls, runCalls } from './runs.ts'
import { type SecretAcl, type SecretAclCalls, secretAclCalls } from './secret-acls.ts'
import { type AzureStanding, type SecretScope, type SecretScopeCalls, secretScopeCalls } from './secret-scopes.ts'
import { type SecretCalls, secretCalls } from './secrets.ts'
import { type ServicePrincipalCalls, servicePrincipalCalls, type WorkspacePrincipal } from './service-principals.ts'
import { type ManagedToken, type TokenManagementCalls, tokenManagementCalls } from './token-management.ts'
import { type TokenPermissionCalls, tokenPermissionCalls } from './token-permissions.ts'
import { type TokenSettingCalls, tokenSettingCalls } from './token-settings.ts'
import { type WorkspaceObjectCalls, workspaceObjectCalls } from './workspace-objects.ts'

export type {
  DirectGrant,
  Grant,
  Job,
  JobSettings,
  JobTask,
  ManagedToken,
  Run,
  SecretAcl,
  SecretScope,
  WorkspacePrincipal,
}

/** One Azure Databricks workspace, as far as Steward uses it. */
export type DatabricksClient = ServicePrincipalCalls &
  GroupCalls &
  AdministratorCalls &
  SecretScopeCalls &
  SecretAclCalls &
  SecretCalls &
  PermissionCalls &
  WorkspaceObjectCalls &
  JobCalls &
  RunCalls &
  TokenManagementCalls &
  TokenSettingCalls &
  TokenPermissionCalls &
  OAuthSecretCalls

export interface DatabricksClientOptions extends AzureStanding {
  readonly http: HttpClient
  /** Gives a token for Azure Databricks. */
  readonly token: () => Promise<Secret>
  /** `https://adb-1234567890123456.7.azuredatabricks.net` */
  readonly workspaceUrl: string
  /** Who calls, for messages: the client id of Steward's identity. */
  readonly identityLabel: string
}

/** Binds all calls to one workspace and one identity. */
export function createDatabricksClient(options: DatabricksClientOptions): DatabricksClient {
  const { http, token, workspaceUrl, identityLabel } = options
  const workspace = createJsonApi({
    http,
    token,
    origin: workspaceUrl,
    identityLabel,
    contentType: 'application/json',
    parseError: toApiError,
  })
  return {
    ...servicePrincipalCalls(workspace),
    ...groupCalls(workspace),
    ...administratorCalls(workspace),
    ...secretScopeCalls(workspace, options),
    ...secretAclCalls(workspace),
    ...secretCalls(workspace),
    ...permissionCalls(workspace),
    ...workspaceObjectCalls(workspace),
    ...jobCalls(workspace),
    ...runCalls(workspace),
    ...tokenManagementCalls(workspace),
    ...tokenSettingCalls(workspace),
    ...tokenPermissionCalls(workspace),
    ...oauthSecretCalls(workspace),
  }
}
