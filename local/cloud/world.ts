import type { Clock } from './clock.ts'
import type { Directory } from './entra/directory.ts'
import type { TokenAuthority, TokenIssuer } from './entra/tokens.ts'
import type { CloudSettings } from './settings.ts'

/** What all fakes share: one clock, one tenant, one token authority. */
export interface World {
  readonly clock: Clock
  readonly directory: Directory
  readonly tokens: TokenAuthority
  readonly settings: CloudSettings
}

/** The world as the token endpoints see it, where the authority also signs. */
export interface SigningWorld extends World {
  readonly tokens: TokenIssuer
}
