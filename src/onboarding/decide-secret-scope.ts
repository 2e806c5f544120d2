import type { SecretScope } from '../clients/databricks/client.ts'

export interface SecretScopeWish {
  /** With the prefix, which is the mark. */
  readonly scopeName: string
  /** Null for the backend "databricks". */
  readonly vault: { readonly resourceId: string; readonly url: string } | null
}

export type SecretScopeDecision =
  | { readonly kind: 'create' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'refuse'; readonly found: SecretScope }

/**
 * Decides from the scopes that are there. A scope cannot be changed, only be made anew, which would take everybody's
 * rights on it away: one with another backend or vault is never silently accepted or replaced.
 */
export function decideSecretScope(
  { scopeName, vault }: SecretScopeWish,
  scopes: readonly SecretScope[],
): SecretScopeDecision {
  const found = scopes.find(({ name }) => name.toLowerCase() === scopeName.toLowerCase())
  if (!found) return { kind: 'create' }
  return isSameVault(found.vault, vault) ? { kind: 'keep' } : { kind: 'refuse', found }
}

function isSameVault(found: SecretScope['vault'], wish: SecretScopeWish['vault']): boolean {
  if (found === null || wish === null) return found === wish
  // Azure does not mind upper and lower case in resource ids.
  return found.url === wish.url && found.resourceId.toLowerCase() === wish.resourceId.toLowerCase()
}
