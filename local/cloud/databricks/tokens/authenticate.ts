import { gatewayError } from '../errors.ts'
import type { ServicePrincipal, Workspace } from '../workspace-state.ts'

/** The text of the refusal while tokens are switched off is documented nowhere, so it is that of every dead token. */
const refusal = gatewayError(403, 'Invalid access token.')

/** Where nothing is set, tokens are on. */
export function areTokensEnabled({ conf }: Workspace): boolean {
  return conf.get('enableTokensConfig') !== 'false'
}

/** Whose token this is, which counts as a use of it; throws unless token and principal are both alive. */
export function authenticateByToken(workspace: Workspace, value: string, now: number): ServicePrincipal {
  const token = areTokensEnabled(workspace) ? workspace.tokens.findActiveByValue(value, now) : undefined
  const owner = token === undefined ? undefined : workspace.principals.get(token.ownerId)
  if (token === undefined || owner?.active !== true) throw refusal
  token.lastUsedAt = now
  return owner
}
