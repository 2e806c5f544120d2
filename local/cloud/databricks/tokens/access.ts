import { apiError } from '../errors.ts'
import type { WorkspaceCall } from '../guard.ts'
import { listLevels } from '../permissions/grants.ts'
import type { ServicePrincipal, Workspace } from '../workspace-state.ts'
import { areTokensEnabled } from './authenticate.ts'

/** As grants are kept by. */
export const TOKENS_KEY = 'authorization/tokens'

export function requireAdmin({ caller }: WorkspaceCall): void {
  if (!caller.isAdmin) throw apiError(403, 'PERMISSION_DENIED', 'Only workspace admins can manage tokens.')
}

/** The caller as owner of tokens: with tokens switched on, and with the permission to use them, which admins always have. */
export function requireTokenUse({ workspace, caller }: WorkspaceCall): ServicePrincipal {
  if (!areTokensEnabled(workspace)) {
    throw apiError(403, 'PERMISSION_DENIED', 'Personal access tokens are disabled for this workspace.')
  }
  const { principal, clientId, isAdmin } = caller
  // Whether a Contributor who is no member can own tokens is documented nowhere, so nobody should count on it.
  if (principal === null || (!isAdmin && listLevels(workspace, TOKENS_KEY, clientId).length === 0)) {
    throw apiError(403, 'PERMISSION_DENIED', 'User does not have permission to use tokens.')
  }
  return principal
}

function mayUseTokens(workspace: Workspace, ownerId: string): boolean {
  const applicationId = workspace.principals.get(ownerId)?.applicationId ?? null
  return applicationId !== null && listLevels(workspace, TOKENS_KEY, applicationId).length > 0
}

/** Runs a change of the permissions, and revokes the tokens of all who had the permission to use them and lost it. */
export function revokeWhatLosesUse(workspace: Workspace, now: number, change: () => void): void {
  const owners = workspace.tokens.listOwnerIds().filter((ownerId) => mayUseTokens(workspace, ownerId))
  change()
  for (const ownerId of owners) {
    if (!mayUseTokens(workspace, ownerId)) workspace.tokens.revokeAllOf(ownerId, now)
  }
}
