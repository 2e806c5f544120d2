import { credentialMark } from '../../trust/marks.ts'
import { accessTokenSectionOf } from '../access-token-section.ts'
import type { LookContext, StepPlan } from '../step.ts'
import { findPrincipalsToRemove } from '../steps/workspace-principal.ts'
import { planCredentialRemoval } from './credential.ts'

/**
 * Deletes the vault secret and revokes every token of the principal that was made for it, or was adopted with it. The
 * permission to use tokens stays: it goes with the principal.
 */
export async function planAccessTokenRemoval(context: LookContext): Promise<StepPlan> {
  const { request, owner, services } = context
  const { workspaceUrl, accessToken } = accessTokenSectionOf(request)
  const { vault: vaultUrl, secretName } = accessToken
  const workspace = services.workspace(workspaceUrl)
  const mark = credentialMark(owner.instance, vaultUrl, secretName)
  const [principal] = await findPrincipalsToRemove(context, workspace)
  const tokens = principal ? await workspace.listTokens(principal.applicationId) : []
  return planCredentialRemoval(context, {
    vaultUrl,
    secretName,
    noun: 'token',
    revoked: tokens.filter(({ comment }) => comment === mark).map(({ tokenId }) => tokenId),
    // Tags can name anything; only what the workspace lists as the principal's is revoked.
    revoke: async (tokenId) => {
      if (tokens.some((token) => token.tokenId === tokenId)) await workspace.revokeToken(tokenId)
    },
  })
}
