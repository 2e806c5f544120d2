import type { World } from '../world.ts'
import { isPermitted } from './authorization.ts'
import { currentVersion, findSecret, listSecrets, type SecretStage, stageOf } from './vault-state.ts'

/**
 * The way into a vault for another service that acts as its own principal, `oid`: what Databricks does as AzureDatabricks
 * behind a secret scope. It ends where a call of the principal's own would.
 */
export type SecretReading =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'denied' | 'missing' | 'no-vault' }

const readableStages: readonly SecretStage[] = ['active', 'settling']

/** The current value. A disabled secret is denied, as Key Vault itself does. */
export function readVaultSecret(world: World, host: string, oid: string, name: string): SecretReading {
  const vault = world.vaults.get(host)
  if (vault === undefined) return { kind: 'no-vault' }
  if (!isPermitted(world, vault, oid, 'getSecret/action', name)) return { kind: 'denied' }
  const now = world.clock.now()
  const secret = findSecret(vault, name, now)
  if (secret === undefined || !readableStages.includes(stageOf(secret, now))) return { kind: 'missing' }
  const { enabled, value } = currentVersion(secret)
  return enabled ? { kind: 'value', value } : { kind: 'denied' }
}

export function listVaultSecretNames(
  world: World,
  host: string,
  oid: string,
): readonly string[] | 'denied' | 'no-vault' {
  const vault = world.vaults.get(host)
  if (vault === undefined) return 'no-vault'
  if (!isPermitted(world, vault, oid, 'readMetadata/action', '')) return 'denied'
  return listSecrets(vault, readableStages, world.clock.now()).map(({ name }) => name)
}

/** Adds an access policy that lets the principal read, which counts for nothing while the vault goes by roles. */
export function addReadPolicy(world: World, host: string, oid: string): 'added' | 'no-vault' {
  const vault = world.vaults.get(host)
  if (vault === undefined) return 'no-vault'
  vault.accessPolicies.set(oid, new Set([...(vault.accessPolicies.get(oid) ?? []), 'get', 'list']))
  return 'added'
}
