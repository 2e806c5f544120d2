import type { Rbac } from './arm/rbac.ts'
import type { Clock } from './clock.ts'
import type { Directory } from './entra/directory.ts'
import type { TokenAuthority, TokenIssuer } from './entra/tokens.ts'
import type { Vault } from './keyvault/vault-state.ts'
import type { CloudSettings } from './settings.ts'

/** What all fakes share: one clock, one tenant, one subscription, one token authority. */
export interface World {
  readonly clock: Clock
  readonly directory: Directory
  readonly tokens: TokenAuthority
  readonly settings: CloudSettings
  readonly rbac: Rbac
  /** By host name. Whoever is not Key Vault itself goes through `keyvault/door.ts`. */
  readonly vaults: ReadonlyMap<string, Vault>
}

/** The world as the token endpoints see it, where the authority also signs. */
export interface SigningWorld extends World {
  readonly tokens: TokenIssuer
}
