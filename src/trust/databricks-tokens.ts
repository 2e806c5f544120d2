import type { DatabricksClient } from '../clients/databricks/client.ts'
import type { PrincipalClient } from '../clients/databricks/principal-client.ts'
import { StewardError } from '../platform/errors.ts'
import type { Secret } from '../platform/secret.ts'
import type { CredentialProvider, LiveCredential } from './credential-provider.ts'

/** Databricks lets a principal have no more live tokens than this in a workspace. */
const MAX_LIVE_TOKENS = 600
const DAY_SECONDS = 24 * 60 * 60

export interface TokenProviderOptions {
  /** The workspace, as Steward sees it. */
  readonly workspace: DatabricksClient
  readonly workspaceUrl: string
  /** Application id of the principal whose tokens they are. */
  readonly clientId: string
  /** Does work as the principal itself: nobody can make a token for somebody else on Azure. */
  actAsPrincipal<T>(work: (principal: PrincipalClient) => Promise<T>): Promise<T>
  /** The workspace as whoever holds the token sees it. */
  withToken(token: Secret): PrincipalClient
}

/** Personal access tokens of a service principal (https://docs.databricks.com/dev-tools/auth/pat). */
export function createTokenProvider(options: TokenProviderOptions): CredentialProvider {
  const { workspace, workspaceUrl, clientId, actAsPrincipal, withToken } = options
  const host = new URL(workspaceUrl).host
  return {
    kind: 'databricks-token',
    tracksUse: true,

    listLive: async () => {
      const tokens = await workspace.listTokens(clientId)
      return tokens.filter(({ createdBy }) => isSameId(createdBy, clientId)).map(toLive)
    },

    requireIssuable: async (lifetimeDays, live) => {
      const { areTokensEnabled, maxLifetimeDays } = await workspace.getTokenSettings()
      if (!areTokensEnabled) {
        throw new StewardError(
          'upstream-denied',
          `Personal access tokens are switched off in ${host} (enableTokensConfig): a workspace admin can allow them under Settings, Advanced.`,
        )
      }
      if (lifetimeDays > maxLifetimeDays) {
        throw new StewardError(
          'not-allowed',
          `${host} lets tokens live ${maxLifetimeDays} days at most (maxTokenLifetimeDays), and ${lifetimeDays} are wished for: ask for less (lifetimeDays), or have a workspace admin raise the limit.`,
        )
      }
      if (live.length >= MAX_LIVE_TOKENS) {
        throw new StewardError(
          'upstream-rejected',
          `Principal ${clientId} has ${live.length} live tokens in ${host}, and ${MAX_LIVE_TOKENS} are the most that Databricks allows: revoke some that nobody needs.`,
        )
      }
    },

    issue: async ({ mark, lifetimeDays, scopes }) => {
      const wish = { comment: mark, lifetimeSeconds: lifetimeDays * DAY_SECONDS, scopes }
      const { tokenId, value, expiresAt } = await actAsPrincipal((principal) => principal.createToken(wish))
      if (!expiresAt) {
        await workspace.revokeToken(tokenId)
        throw new StewardError('upstream-rejected', `${host} made a token that never expires; Steward revoked it.`)
      }
      return { credentialId: tokenId, value, expiresAt }
    },

    use: async (value) => {
      const answer = await withToken(value).whoAmI()
      if (answer === 'token-dead') return 'not-accepted'
      if (isSameId(answer.applicationId, clientId)) return 'accepted'
      throw new StewardError(
        'belongs-to-another',
        `The token is of ${answer.applicationId}, not of ${clientId}, in ${host}. Check the client id in the tags of the secret.`,
      )
    },

    revoke: (tokenId) => workspace.revokeToken(tokenId),
  }
}

function isSameId(a: string | null, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase()
}

/** A token as the workspace's list shows it. */
export function toLive(token: Awaited<ReturnType<DatabricksClient['listTokens']>>[number]): LiveCredential {
  const { tokenId, comment, createdAt, expiresAt, lastUsedDay, scopes } = token
  return { credentialId: tokenId, mark: comment, createdAt, expiresAt, lastUsedDay, scopes }
}
