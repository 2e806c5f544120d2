import { createHash, randomBytes } from 'node:crypto'

const DAY_MS = 86_400_000

/** The service revokes tokens that nobody used for so long, whatever their lifetime. */
const IDLE_LIMIT_MS = 90 * DAY_MS

/** What documentation calls the most active tokens of one principal in one workspace. */
const DEFAULT_QUOTA = 600

/** What a token begins with, by which secret scanners find it. */
const PREFIX = 'dapi'

/** Times ending in `At` are milliseconds since the epoch. */
export interface PersonalAccessToken {
  /** SHA-256 of the value, 64 hex digits. */
  readonly tokenId: string
  readonly value: string
  /** Id of the service principal in the workspace. */
  readonly ownerId: string
  readonly ownerClientId: string
  readonly comment: string | null
  readonly scopes: readonly string[] | null
  readonly createdAt: number
  /** Null for one that never expires. */
  readonly expiresAt: number | null
  lastUsedAt: number | null
  revokedAt: number | null
}

/** `idle`: revoked by the service, as nobody used it. */
export type TokenState = 'active' | 'revoked' | 'expired' | 'idle'

export type NewToken = Pick<
  PersonalAccessToken,
  'ownerId' | 'ownerClientId' | 'comment' | 'scopes' | 'createdAt' | 'expiresAt'
>

export function stateOf({ createdAt, expiresAt, lastUsedAt, revokedAt }: PersonalAccessToken, now: number): TokenState {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt !== null && expiresAt <= now) return 'expired'
  return now - (lastUsedAt ?? createdAt) >= IDLE_LIMIT_MS ? 'idle' : 'active'
}

export function isTokenValue(bearer: string): boolean {
  return bearer.startsWith(PREFIX)
}

function idOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

/** The tokens of one workspace, dead ones too. */
export class TokenStore {
  readonly #byId = new Map<string, PersonalAccessToken>()
  /** A principal's tokens are looked through at every creation: among all of a workspace's that would take long. */
  readonly #byOwner = new Map<string, PersonalAccessToken[]>()
  /** Most active tokens of one principal. */
  quota = DEFAULT_QUOTA
  /** Whether permissions on tokens are only there once a token was created. */
  isBornWithFirstToken = true

  get hasHadTokens(): boolean {
    return this.#byId.size > 0
  }

  create(token: NewToken, lastUsedAt: number | null = null): PersonalAccessToken {
    const value = `${PREFIX}${randomBytes(16).toString('hex')}-2`
    const created: PersonalAccessToken = { ...token, tokenId: idOf(value), value, lastUsedAt, revokedAt: null }
    this.#byId.set(created.tokenId, created)
    const others = this.#byOwner.get(created.ownerId)
    if (others === undefined) this.#byOwner.set(created.ownerId, [created])
    else others.push(created)
    return created
  }

  findActive(tokenId: string, now: number): PersonalAccessToken | undefined {
    const token = this.#byId.get(tokenId)
    return token !== undefined && stateOf(token, now) === 'active' ? token : undefined
  }

  findActiveByValue(value: string, now: number): PersonalAccessToken | undefined {
    return this.findActive(idOf(value), now)
  }

  listActive(now: number): readonly PersonalAccessToken[] {
    return this.listAll().filter((token) => stateOf(token, now) === 'active')
  }

  listActiveOf(ownerId: string, now: number): readonly PersonalAccessToken[] {
    return (this.#byOwner.get(ownerId) ?? []).filter((token) => stateOf(token, now) === 'active')
  }

  /** Oldest first. */
  listAll(): readonly PersonalAccessToken[] {
    return [...this.#byId.values()]
  }

  /** Ids of principals that ever had a token. */
  listOwnerIds(): readonly string[] {
    return [...this.#byOwner.keys()]
  }

  revokeAllOf(ownerId: string, now: number): void {
    for (const token of this.listActiveOf(ownerId, now)) token.revokedAt = now
  }
}
