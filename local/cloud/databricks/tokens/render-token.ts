import { toJsonNumber } from '../int64.ts'
import type { Workspace } from '../workspace-state.ts'
import type { PersonalAccessToken } from './token-store.ts'

const DAY_MS = 86_400_000

type Rendered = Readonly<Record<string, unknown>>

/** A token as its owner sees it. */
export function renderOwnToken({ tokenId, createdAt, expiresAt, comment, scopes }: PersonalAccessToken): Rendered {
  return {
    token_id: tokenId,
    creation_time: createdAt,
    expiry_time: expiresAt ?? -1,
    ...(comment === null ? {} : { comment }),
    ...(scopes === null ? {} : { scopes }),
  }
}

/** A token as admins see it. The last use is told by its day only, and not at all when there was none. */
export function renderManagedToken({ orgId }: Workspace, token: PersonalAccessToken): Rendered {
  const { ownerId, ownerClientId, lastUsedAt } = token
  return {
    ...renderOwnToken(token),
    created_by_id: toJsonNumber(ownerId),
    created_by_username: ownerClientId,
    owner_id: toJsonNumber(ownerId),
    workspace_id: toJsonNumber(orgId),
    ...(lastUsedAt === null ? {} : { last_used_day: lastUsedAt - (lastUsedAt % DAY_MS) }),
  }
}

/** The key is absent when there is nothing to list. */
export function renderTokenList(tokens: readonly Rendered[]): Rendered {
  return tokens.length === 0 ? {} : { token_infos: tokens }
}
