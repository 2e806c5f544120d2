import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** What a secret begins with, by which scanners find it. */
const PREFIX = 'dose'

/** Times ending in `At` are milliseconds since the epoch. */
export interface OauthSecret {
  readonly id: string
  /** Application id of the principal. */
  readonly clientId: string
  readonly value: string
  readonly scopes: readonly string[] | null
  readonly createdAt: number
  readonly expiresAt: number
}

/** How principals sign in with Databricks itself. */
export interface OauthState {
  /** By id. Those of a principal stay when it leaves the workspace: they belong to the account. */
  readonly secrets: Map<string, OauthSecret>
  /** What the workspace's access tokens are signed with. */
  readonly signingKey: Buffer
  /** Every secret and access token given out: what a search for leaks looks for. */
  readonly issued: string[]
}

export function createOauthState(): OauthState {
  return { secrets: new Map(), signingKey: randomBytes(32), issued: [] }
}

export function addSecret(
  { secrets, issued }: OauthState,
  order: Pick<OauthSecret, 'clientId' | 'scopes' | 'createdAt' | 'expiresAt'>,
): OauthSecret {
  const secret: OauthSecret = { ...order, id: randomUUID(), value: `${PREFIX}${randomBytes(16).toString('hex')}` }
  secrets.set(secret.id, secret)
  issued.push(secret.value)
  return secret
}

/** Those that still work. */
export function listSecretsOf({ secrets }: OauthState, clientId: string, now: number): readonly OauthSecret[] {
  return [...secrets.values()].filter((secret) => secret.clientId === clientId && secret.expiresAt > now)
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
