import type { DatabricksClient, ManagedToken } from '../clients/databricks/client.ts'
import type { ListedSecret, VaultClient } from '../clients/keyvault/client.ts'
import type { Config } from '../platform/config-schema.ts'
import { type StewardError, toStewardError } from '../platform/errors.ts'
import type { RotationPolicy } from '../platform/rotation-policy.ts'
import type { Time } from '../platform/time.ts'
import { type CredentialTags, readCredentialTags } from '../trust/credential-tags.ts'
import { credentialMark } from '../trust/marks.ts'
import { type CredentialState, decideRotation, expiryOf, findDue, type Window } from './decide-rotation.ts'
import type { Decision } from './decision.ts'
import { rebuildIndex } from './index-vault.ts'
import { isInsideWindow, nextOpening } from './maintenance-window.ts'
import {
  type CredentialRef,
  type CredentialStatus,
  freshStatus,
  identityOf,
  isProven,
  type StatusStore,
  unprovenStatus,
} from './status.ts'

export interface ScanPorts {
  readonly config: Config
  readonly store: StatusStore
  vault(url: string): VaultClient
  workspace(url: string): DatabricksClient
  readonly time: Time
}

/** A credential as a scan sees it. */
export interface ScannedCredential {
  readonly ref: CredentialRef
  /** Null where the vault tells nothing of it any more: only the index does. */
  readonly tags: CredentialTags | null
  readonly status: CredentialStatus
  readonly decision: Decision
  readonly policy: RotationPolicy
  readonly isEnabled: boolean
  readonly expiresAt: Date | null
  readonly dueAt: Date | null
}

/** What could not be looked at; everything else was. */
export interface ScanFailure {
  /** The vault or workspace. */
  readonly place: string
  readonly error: StewardError
}

export interface ScanOptions {
  /** Whether workspaces are asked which tokens are alive; else nothing is known of that. */
  readonly asksWorkspaces: boolean
  /** Whether what is found is remembered; a mere plan writes nothing. */
  readonly writes: boolean
  /** Told of each page's credentials. */
  readonly onFound: (found: readonly ScannedCredential[]) => Promise<void>
}

/**
 * Looks through every vault by pages of properties, without a value, and asks each workspace that has a credential for
 * its tokens once. One place that fails leaves the others theirs; the failures are the answer.
 */
export async function scanCredentials(ports: ScanPorts, options: ScanOptions): Promise<ScanFailure[]> {
  const failures: ScanFailure[] = []
  const tokensOf = rememberTokens(ports, options, (place, error) => failures.push({ place, error }))
  await Promise.all(
    ports.config.vaults.map(async ({ url }) => {
      try {
        await scanVault(ports, options, url, tokensOf)
      } catch (thrown) {
        failures.push({ place: url, error: toStewardError(thrown) })
      }
    }),
  )
  return failures
}

/** Microsoft Graph has no one list of all client secrets, so each is looked at alone, once a day. */
const LOOK_EVERY_MS = 24 * 60 * 60 * 1000

function wasLookedAt(status: CredentialStatus | undefined, now: Date): boolean {
  return status?.lookedAt != null && now.getTime() - status.lookedAt.getTime() < LOOK_EVERY_MS
}

/** What is told to an operator is remembered; whose it is, is not, before it is proven. */
function statusOf(ref: CredentialRef, tags: CredentialTags, isProvenNow: boolean): CredentialStatus {
  return isProvenNow ? freshStatus(ref, identityOf(tags)) : unprovenStatus(ref, identityOf(tags))
}

/** The live tokens of a workspace, by id and by mark. */
interface WorkspaceTokens {
  readonly byId: ReadonlyMap<string, ManagedToken>
  readonly byMark: ReadonlyMap<string, readonly ManagedToken[]>
}

type TokensOf = (workspaceUrl: string) => Promise<WorkspaceTokens | null>

/** One list for each workspace, shared by all vaults; null where it cannot be had. */
function rememberTokens(
  { workspace, config }: ScanPorts,
  { asksWorkspaces }: ScanOptions,
  onFailure: (place: string, error: StewardError) => void,
): TokensOf {
  const asked = new Map<string, Promise<WorkspaceTokens | null>>()
  const known = new Set(config.databricks?.workspaces.map(({ url }) => url))
  const ask = async (workspaceUrl: string): Promise<WorkspaceTokens | null> => {
    try {
      const tokens = await workspace(workspaceUrl).listTokens()
      const byMark = Map.groupBy(tokens, ({ comment }) => comment ?? '')
      return { byId: new Map(tokens.map((token) => [token.tokenId, token])), byMark }
    } catch (thrown) {
      onFailure(workspaceUrl, toStewardError(thrown))
      return null
    }
  }
  return async (workspaceUrl) => {
    // A token goes to no workspace that the configuration does not name, whatever a tag says.
    if (!asksWorkspaces || !known.has(workspaceUrl)) return null
    const asking = asked.get(workspaceUrl) ?? ask(workspaceUrl)
    asked.set(workspaceUrl, asking)
    return asking
  }
}

async function scanVault(ports: ScanPorts, options: ScanOptions, vaultUrl: string, tokensOf: TokensOf): Promise<void> {
  const { config, store, time } = ports
  const known = await store.list(vaultUrl)
  const isIndexed = await store.isIndexed(vaultUrl)
  const { maintenanceWindows, ...defaults } = config.rotation
  const now = new Date(time.now())
  const window: Window = {
    isOpen: isInsideWindow(maintenanceWindows, now),
    opensAt: nextOpening(maintenanceWindows, now),
  }
  const markOf = ({ secretName }: CredentialRef): string => credentialMark(config.instance, vaultUrl, secretName)
  const unseen = new Set(known.keys())
  const unmarked: string[] = []
  const judge = async (secret: ListedSecret): Promise<ScannedCredential | null> => {
    const key = secret.name.toLowerCase()
    unseen.delete(key)
    const tags = readCredentialTags(config.instance, secret.tags)
    const status = known.get(key)
    if (!tags && !status) {
      unmarked.push(secret.name)
      return null
    }
    const ref = { vaultUrl, secretName: secret.name }
    const policy = { ...defaults, ...tags?.overrides }
    const { live, hasOrphan, mark } = await lookAtToken(config.instance, ref, tags, tokensOf)
    const state: CredentialState = {
      current: { ...secret, tags },
      live,
      hasOrphan,
      isOverdueForLook:
        options.asksWorkspaces && live === 'unknown' && tags?.kind === 'client-secret' && !wasLookedAt(status, now),
      isProven: tags
        ? isProven(tags, status ?? null, live && live !== 'unknown' ? { mark } : live, markOf(ref))
        : false,
      wasKept: status !== undefined,
      nextTryAt: status?.failure?.isFailing ? status.failure.nextTryAt : null,
    }
    const decision = decideRotation(state, policy, window, now)
    const kept = status ?? (tags && statusOf(ref, tags, state.isProven === true))
    if (!kept) return null
    return {
      ref,
      tags,
      // What is told to an operator is remembered; whose it is, is not, before it is proven.
      status: kept,
      policy,
      isEnabled: secret.isEnabled,
      expiresAt: expiryOf(state),
      dueAt: tags && findDue(state, policy),
      decision,
    }
  }
  for await (const page of ports.vault(vaultUrl).listSecrets()) {
    const found = (await Promise.all(page.map(judge))).filter((one) => one !== null)
    const fresh = found.filter(
      ({ ref, status: { clientId } }) => !known.has(ref.secretName.toLowerCase()) && clientId !== null,
    )
    if (options.writes && fresh.length > 0) await store.put(fresh.map(({ status }) => status))
    if (found.length > 0) await options.onFound(found)
  }
  const gone = [...unseen].flatMap((key) => known.get(key) ?? []).map((status) => missing(status, defaults))
  if (gone.length > 0) await options.onFound(gone)
  if (isIndexed || !options.writes) return
  const lost = await rebuildIndex(ports, vaultUrl, unmarked)
  if (lost.length > 0) await options.onFound(lost.map((status) => detached(status, defaults)))
}

/** What the workspace's list tells of the credential that the tags name. */
async function lookAtToken(
  instance: string,
  { vaultUrl, secretName }: CredentialRef,
  tags: CredentialTags | null,
  tokensOf: TokensOf,
): Promise<Pick<CredentialState, 'live' | 'hasOrphan'> & { readonly mark: string | null }> {
  const tokens = tags?.kind === 'databricks-token' && tags.workspace ? await tokensOf(tags.workspace) : null
  if (!tags || !tokens) return { live: 'unknown', hasOrphan: false, mark: null }
  const found = tokens.byId.get(tags.credentialId)
  // A token of anybody else is none of this principal's.
  const token = found?.createdBy?.toLowerCase() === tags.clientId.toLowerCase() ? found : undefined
  const named = new Set([tags.credentialId, ...tags.previous.map(({ credentialId }) => credentialId)])
  const marked = tokens.byMark.get(credentialMark(instance, vaultUrl, secretName)) ?? []
  return {
    mark: token?.comment ?? null,
    live: token ? { ...token, isForgotten: true } : null,
    hasOrphan: marked.some(
      ({ tokenId, createdBy }) => !named.has(tokenId) && createdBy?.toLowerCase() === tags.clientId.toLowerCase(),
    ),
  }
}

function missing(status: CredentialStatus, policy: RotationPolicy): ScannedCredential {
  return withoutTags(status, policy, { action: 'none', reason: 'missing' })
}

function detached(status: CredentialStatus, policy: RotationPolicy): ScannedCredential {
  return withoutTags(status, policy, { action: 'none', reason: 'detached' })
}

function withoutTags(status: CredentialStatus, policy: RotationPolicy, decision: Decision): ScannedCredential {
  const { vaultUrl, secretName } = status
  return {
    ref: { vaultUrl, secretName },
    tags: null,
    status,
    policy,
    isEnabled: true,
    expiresAt: null,
    dueAt: null,
    decision,
  }
}
