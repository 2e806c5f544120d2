import type { VaultClient } from '../clients/keyvault/client.ts'
import { StewardError } from '../platform/errors.ts'
import { LEASE_SECONDS } from '../trust/exclusion.ts'
import { clientSecretDisplayName } from '../trust/marks.ts'
import { clientSecretSectionOf } from './client-secret-section.ts'
import { type ClientSecretDecision, findOrphans } from './decide-client-secret.ts'
import type { ApplyContext, PasswordCredential, PlanContext } from './step.ts'

/**
 * An orphan younger than this may still be on its way into the vault, from a worker that lost its lease with the write
 * under way: one lease, one request (a repetition asks the lease again) and a margin for Graph's clock.
 */
const ORPHAN_AGE_MS = (LEASE_SECONDS + 30 + 10) * 1000

/** Client secrets of the application that were meant for this vault secret and never reached it. */
export async function lookForOrphans(
  { owner, request }: PlanContext,
  vault: VaultClient,
  decision: ClientSecretDecision,
  credentials: readonly PasswordCredential[],
): Promise<PasswordCredential[]> {
  const { vault: vaultUrl, secretName } = clientSecretSectionOf(request)
  const mark = clientSecretDisplayName(owner.instance, vaultUrl, secretName)
  const keptKeyId = decision.kind === 'keep' ? decision.keyId : undefined
  const suspects = credentials.filter(({ displayName, keyId }) => displayName === mark && keyId !== keptKeyId)
  if (suspects.length === 0 || decision.kind === 'refuse') return []
  return findOrphans(suspects, owner.instance, await vault.listSecretVersions(secretName))
}

/** Removes those that nobody can be storing any more; throws `busy` while there are younger ones. */
export async function removeOrphans(
  { services, patience }: PlanContext,
  orphans: readonly PasswordCredential[],
  { fact, guard }: ApplyContext,
): Promise<void> {
  if (orphans.length === 0) return
  const { objectId } = await fact('application')
  for (const { keyId } of orphans.filter((orphan) => ageOf(orphan) >= ORPHAN_AGE_MS)) {
    guard()
    // One after the other: Graph answers concurrent changes of one application with 409.
    await services.graph.removePassword(objectId, keyId)
  }
  const waitsMs = orphans.map((orphan) => ORPHAN_AGE_MS - ageOf(orphan)).filter((waitMs) => waitMs > 0)
  if (waitsMs.length === 0) return
  throw new StewardError(
    'busy',
    'A client secret whose value was lost on the way is left; Steward removes it as soon as nobody can be storing it any more.',
    { retryAfterMs: Math.max(...waitsMs) },
  )

  function ageOf({ startsAt }: PasswordCredential): number {
    return patience.time.now() - startsAt.getTime()
  }
}
