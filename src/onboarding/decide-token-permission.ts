import type { Grant } from '../clients/databricks/client.ts'

export type TokenPermissionDecision =
  | { readonly kind: 'keep'; readonly reason: 'granted' }
  | { readonly kind: 'grant'; readonly reason: 'CAN_USE missing' }
  /** Databricks keeps no permissions on tokens before the first one was made in the workspace. */
  | { readonly kind: 'bootstrap'; readonly reason: 'no token was ever made there' }

/** Levels that let their holder make tokens. */
const ENOUGH: ReadonlySet<string> = new Set(['CAN_USE', 'CAN_MANAGE'])

/** Everybody in a workspace is in this group. */
const USERS = 'users'

/**
 * Decides whether the principal may use tokens, by a grant of its own or through a group that it is sure to be in.
 * `grants`: null where there are none to be listed; `groups`: those that the onboarding puts it in.
 */
export function decideTokenPermission(
  grants: readonly Grant[] | null,
  applicationId: string | null,
  groups: readonly string[],
): TokenPermissionDecision {
  if (grants === null) return { kind: 'bootstrap', reason: 'no token was ever made there' }
  const names = new Set([USERS, ...groups].map((name) => name.toLowerCase()))
  const isHolder = ({ principal: { kind, name } }: Grant): boolean =>
    (kind === 'service-principal' && name.toLowerCase() === applicationId?.toLowerCase()) ||
    (kind === 'group' && names.has(name.toLowerCase()))
  return grants.some((grant) => ENOUGH.has(grant.level) && isHolder(grant))
    ? { kind: 'keep', reason: 'granted' }
    : { kind: 'grant', reason: 'CAN_USE missing' }
}

/** What was granted before and is not any more, for people; empty when nobody lost anything. */
export function findLostGrants(before: readonly Grant[], after: readonly Grant[]): string[] {
  const describe = ({ principal: { kind, name }, level }: Grant): string => `${level} of ${kind} ${name.toLowerCase()}`
  const left = new Set(after.map(describe))
  return [...new Set(before.map(describe))].filter((grant) => !left.has(grant))
}
