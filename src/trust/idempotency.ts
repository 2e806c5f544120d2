import { createHash } from 'node:crypto'
import { StewardError } from '../platform/errors.ts'

/** How long a key is remembered. */
const KEY_LIFE_MS = 24 * 60 * 60 * 1000

export interface IdempotencyEntry {
  /** What the first call with this key asked for. */
  readonly fingerprint: string
  /** What came of it: the id that every repetition gets. */
  readonly resourceId: string
  readonly createdAt: Date
}

export interface IdempotencyStore {
  /** `replaces`: the etag of an entry that is out of date. False when somebody else was first. */
  put(scope: string, key: string, entry: IdempotencyEntry, replaces: string | null): Promise<boolean>
  get(scope: string, key: string): Promise<{ readonly entry: IdempotencyEntry; readonly etag: string } | null>
}

export interface IdempotentCall {
  /** Who calls what: a key means nothing to another caller or on another route. */
  readonly scope: string
  /** The `Idempotency-Key` header, as sent. */
  readonly key: string
  readonly body: unknown
}

/**
 * The id that belongs to a key: the fresh one the first time, then always the same for 24 hours. Throws
 * `idempotency-key-reused` when the key came with another body.
 */
export async function claimIdempotencyKey(
  store: IdempotencyStore,
  { scope, key, body }: IdempotentCall,
  freshId: string,
  now: Date,
): Promise<string> {
  const fingerprint = hash(JSON.stringify(body))
  const hashedScope = hash(scope)
  const hashedKey = hash(key)
  const known = await store.get(hashedScope, hashedKey)
  const isLive = known !== null && now.getTime() - known.entry.createdAt.getTime() < KEY_LIFE_MS
  if (!isLive) {
    const entry = { fingerprint, resourceId: freshId, createdAt: now }
    if (await store.put(hashedScope, hashedKey, entry, known?.etag ?? null)) return freshId
  }
  const winner = isLive ? known : await store.get(hashedScope, hashedKey)
  if (winner?.entry.fingerprint === fingerprint) return winner.entry.resourceId
  throw new StewardError(
    'idempotency-key-reused',
    'This Idempotency-Key was used with another body in the last 24 hours. Send the same body, or choose a new key.',
  )
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
