import type { HttpClient } from '../../platform/http/message.ts'
import type { Secret } from '../../platform/secret.ts'
import { createAuthorizationSdk } from './authorization-sdk.ts'
import { createArmApi } from './json-api.ts'
import { type RoleAssignment, type RoleAssignmentCalls, roleAssignmentCalls } from './role-assignments.ts'
import { type VaultResourceCalls, vaultResourceCalls } from './vaults.ts'

export type { RoleAssignment }

/** Azure Resource Manager, as far as Steward uses it. */
export type ArmClient = RoleAssignmentCalls & VaultResourceCalls

export interface ArmClientOptions {
  readonly http: HttpClient
  /** Gives a token for Resource Manager. */
  readonly token: () => Promise<Secret>
  /** `management.azure.com`, or that of another cloud. */
  readonly host: string
  /** Who calls, for messages: the client id of Steward's identity. */
  readonly identityLabel: string
}

/** Binds all calls to one cloud's Resource Manager and one identity. */
export function createArmClient(options: ArmClientOptions): ArmClient {
  const arm = createArmApi(options)
  const { http, token } = options
  return {
    ...roleAssignmentCalls(createAuthorizationSdk({ http, token, origin: arm.origin }), arm),
    ...vaultResourceCalls(arm),
  }
}
