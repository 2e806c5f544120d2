import type { HttpAnswer, HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { type ApiError, createJsonApi } from '../json-api.ts'
import { type AdministratorCalls, administratorCalls } from './administrators.ts'
import { parseDatabricksError } from './errors.ts'
import { type GroupCalls, groupCalls } from './groups.ts'
import { type ServicePrincipalCalls, servicePrincipalCalls, type WorkspacePrincipal } from './service-principals.ts'

export type { WorkspacePrincipal }

/** One Azure Databricks workspace, as far as Steward uses it. */
export type DatabricksClient = ServicePrincipalCalls & GroupCalls & AdministratorCalls

export interface DatabricksClientOptions {
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
    contentType: 'application/scim+json; charset=utf-8',
    parseError: toApiError,
  })
  return { ...servicePrincipalCalls(workspace), ...groupCalls(workspace), ...administratorCalls(workspace) }
}

function toApiError(answer: HttpAnswer): ApiError {
  const { status, errorCode, message, isTransient } = parseDatabricksError(answer)
  return { status, code: errorCode, message, isTransient }
}
