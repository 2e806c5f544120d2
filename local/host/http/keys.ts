import { readFileSync } from 'node:fs'

/** The keys of the app; `function` is the key of one function, the one that `functionOf` names. */
export interface AppKeys {
  readonly master: string
  readonly host: string
  readonly eventgrid: string
  readonly function?: string
  readonly functionOf?: string
}

export type KeyKind = 'master' | 'host' | 'system' | 'function'

export interface KeyRing {
  readonly keys: AppKeys
  /** What kind of key this is, seen from the function; undefined when it is none of them. */
  identify(key: string | undefined, functionName?: string): KeyKind | undefined
}

/** Fixed keys for playing and tests; the local host listens on the loopback interface only. */
const localKeys: AppKeys = { master: 'local-master-key', host: 'local-host-key', eventgrid: 'local-eventgrid-key' }

export function readKeys(file: string | undefined): AppKeys {
  return file ? { ...localKeys, ...JSON.parse(readFileSync(file, 'utf8')) } : localKeys
}

export function createKeyRing(keys: AppKeys): KeyRing {
  // Once a key has been used the real host accepts it in any letter case; so does this.
  const remembered = new Map<string, KeyKind>()

  function compare(key: string, functionName: string | undefined): KeyKind | undefined {
    if (key === keys.master) return 'master'
    if (key === keys.host) return 'host'
    if (key === keys.eventgrid) return 'system'
    if (key === keys.function && functionName !== undefined && functionName === keys.functionOf) return 'function'
    return undefined
  }

  return {
    keys,
    identify(key, functionName) {
      if (!key) return undefined
      const memory = `${functionName ?? ''}\n${key.toLowerCase()}`
      const kind = compare(key, functionName) ?? remembered.get(memory)
      if (kind) remembered.set(memory, kind)
      return kind
    },
  }
}

/** The key of a call: the header, or else `?code=`; a header that is there counts alone. */
export function readKey(header: string | undefined, query: URLSearchParams): string | undefined {
  return header ?? query.get('code') ?? undefined
}

/** Whether a function of this authorization level may be called with a key of this kind. */
export function isAuthorized(authLevel: unknown, kind: KeyKind | undefined): boolean {
  switch (String(authLevel ?? 'anonymous').toLowerCase()) {
    case 'anonymous':
      return true
    case 'function':
      return kind === 'master' || kind === 'host' || kind === 'function'
    default:
      return kind === 'master'
  }
}
