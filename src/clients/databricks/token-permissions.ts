import type { ApiCall, ApiError, JsonApi } from '../json-api.ts'
import { type Grant, permissionsAnswer } from './permissions.ts'
import { ask, isMissing, isUnknownPrincipal, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export interface TokenPermissionCalls {
  /** Who may use personal access tokens; null in a workspace that has never had one: it knows no such permissions yet. */
  getTokenPermissions(): Promise<Grant[] | null>
  /** Lets a service principal use tokens (CAN_USE); gives what is granted then. */
  addTokenPermission(applicationId: string): Promise<Grant[] | 'tokens-not-there' | 'principal-not-there'>
}

const PATH = '/api/2.0/permissions/authorization/tokens'

/**
 * Calls on who may use personal access tokens. They only ever add: replacing the list (PUT) revokes, at once, the tokens of
 * everybody who is not on it. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws.
 */
export function tokenPermissionCalls(workspace: JsonApi): TokenPermissionCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/tokenmanagement/getpermissions; right: `readTokenPermissions`. */
    getTokenPermissions: () => {
      const right = DATABRICKS_RIGHTS.readTokenPermissions
      const call = readCall(PATH, {}, { right, answer: permissionsAnswer })
      return ask(workspace, call, (error) => (isWithoutTokens(error) ? null : undefined))
    },

    /** https://docs.databricks.com/api/azure/workspace/tokenmanagement/updatepermissions; right: `changeTokenPermissions`. */
    addTokenPermission: (applicationId) => {
      const call: ApiCall<Grant[]> = {
        method: 'PATCH',
        path: PATH,
        body: { access_control_list: [{ service_principal_name: applicationId, permission_level: 'CAN_USE' }] },
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.changeTokenPermissions,
        answer: permissionsAnswer,
      }
      return ask(workspace, call, (error) => {
        if (isUnknownPrincipal(error, [applicationId])) return 'principal-not-there'
        return isWithoutTokens(error) ? 'tokens-not-there' : undefined
      })
    },
  }
}

/** How a workspace in which no token was ever made refuses: `tokens tokens does not exist`. */
function isWithoutTokens(error: ApiError): boolean {
  return isMissing(error) && /\btokens\b/i.test(error.message)
}
