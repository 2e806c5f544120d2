import { z } from 'zod'
import type { Config } from '../platform/config-schema.ts'
import { resolveRef } from './find.ts'
import type { CredentialRef } from './status.ts'

/** What the event tells, in either schema; field names as Key Vault writes them. */
const eventSchema = z
  .object({
    eventType: z.string().optional(),
    type: z.string().optional(),
    data: z.preprocess(trimAll, z.object({ VaultName: z.string(), ObjectType: z.string(), ObjectName: z.string() })),
  })
  .transform(({ eventType, type, data }) => ({ eventType: eventType ?? type, ...data }))

/** Key Vault's own examples have stray spaces around names and values. */
function trimAll(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name.trim(), typeof value === 'string' ? value.trim() : value]),
  )
}

const NEAR_EXPIRY: ReadonlySet<string> = new Set([
  'Microsoft.KeyVault.SecretNearExpiry',
  'Microsoft.KeyVault.SecretExpired',
])

/**
 * The credential that an event of Key Vault is about (https://learn.microsoft.com/azure/event-grid/event-schema-key-vault);
 * null, with the reason, for every other event. A hint only: nothing in it is trusted but the names.
 */
export function readNearExpiry(
  config: Pick<Config, 'vaults'>,
  event: unknown,
): { readonly ref: CredentialRef } | { readonly ref: null; readonly reason: string } {
  const parsed = eventSchema.safeParse(event)
  if (!parsed.success) return { ref: null, reason: 'it is no event of Key Vault' }
  const { eventType, VaultName, ObjectType, ObjectName } = parsed.data
  if (!NEAR_EXPIRY.has(eventType ?? '') || ObjectType.toLowerCase() !== 'secret') {
    return { ref: null, reason: `it is ${eventType} of a ${ObjectType}` }
  }
  try {
    return { ref: resolveRef(config, VaultName, ObjectName) }
  } catch {
    return { ref: null, reason: `the vault ${VaultName} is not in the configuration` }
  }
}
