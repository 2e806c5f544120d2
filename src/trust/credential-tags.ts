import { httpsOrigin } from '../platform/config-contradictions.ts'
import type { Owner } from './marks.ts'
import { formatOverrides, type PolicyOverrides, parseOverrides } from './rotation-policy.ts'

/** What Steward keeps fresh: a client secret of an app registration, or a personal access token of a workspace. */
const CREDENTIAL_KINDS = ['client-secret', 'databricks-token'] as const

export type CredentialKind = (typeof CREDENTIAL_KINDS)[number]

/** A credential that was replaced, and may be used until its grace is over. */
export interface PreviousCredential {
  readonly credentialId: string
  /** To the second. */
  readonly retireAt: Date
}

/**
 * How Steward comes to act as a token's principal: as Microsoft Entra lets it (its identity as the application's
 * federated credential, or the application is itself), with the client secret that a vault secret holds, or with an OAuth
 * secret of Azure Databricks made for the moment.
 */
export type ActsBy =
  | { readonly kind: 'entra' }
  | { readonly kind: 'client-secret'; readonly vaultHost: string; readonly secretName: string }
  | { readonly kind: 'databricks' }

/** The copy of a credential in a secret scope of Azure Databricks, under the secret's own name. */
export interface ScopeCopy {
  readonly scopeName: string
  /** Whether the version that bears the tag still has to be copied. */
  readonly isPending: boolean
}

/** What the tags of a vault secret's version tell: whose it is, which credential it holds, and what is to become of it. */
export interface CredentialTags {
  readonly kind: CredentialKind
  readonly owner: Owner
  readonly clientId: string
  /** Key id of the client secret, or id of the token: naming it is consent to revoke it. */
  readonly credentialId: string
  readonly overrides: PolicyOverrides
  readonly isPaused: boolean
  /** Newest first, at most `MAX_PREVIOUS`. */
  readonly previous: readonly PreviousCredential[]
  /** Where the token is valid, or where the copy of a client secret is; an origin. */
  readonly workspace: string | null
  readonly actsBy: ActsBy
  readonly scope: ScopeCopy | null
}

/** Three ids of 64 characters fit into a tag. */
export const MAX_PREVIOUS = 3
const ID_FORM = /^\S{1,64}$/

/** What Key Vault allows on a version; tags of others are carried on as far as there is room. */
const MAX_TAGS = 15
const OURS = 'steward-'

const TAG_SCHEMA = '1'

const ID_TAG: Readonly<Record<CredentialKind, string>> = {
  'client-secret': 'steward-key-id',
  'databricks-token': 'steward-token-id',
}

/** Tags of a version that holds a credential (Key Vault allows 15 tags of 256 characters). */
export function writeCredentialTags(tags: CredentialTags): Record<string, string> {
  const { kind, owner, clientId, credentialId, overrides, isPaused, previous, workspace, actsBy, scope } = tags
  return {
    'steward-schema': TAG_SCHEMA,
    'steward-kind': kind,
    'steward-instance': owner.instance,
    'steward-name': owner.name,
    'steward-client-id': clientId,
    [ID_TAG[kind]]: credentialId,
    'steward-policy': formatOverrides(overrides),
    'steward-state': isPaused ? 'paused' : 'active',
    'steward-acts-by': formatActsBy(actsBy),
    ...(previous.length > 0
      ? {
          'steward-previous': previous.map((one) => one.credentialId).join(' '),
          'steward-retire-at': previous.map(({ retireAt }) => formatSecond(retireAt)).join(' '),
        }
      : {}),
    ...(workspace === null ? {} : { 'steward-workspace': workspace }),
    ...(scope === null ? {} : { 'steward-scope': `${scope.isPending ? 'pending ' : ''}${scope.scopeName}` }),
  }
}

/** Reads the tags back; null when the version does not bear a complete mark of this instance. */
export function readCredentialTags(instance: string, written: Readonly<Record<string, string>>): CredentialTags | null {
  const tags = completeFirstForm(written)
  const kind = CREDENTIAL_KINDS.find((candidate) => candidate === tags['steward-kind'])
  if (!kind || tags['steward-schema'] !== TAG_SCHEMA || tags['steward-instance'] !== instance) return null
  const name = tags['steward-name']
  const clientId = tags['steward-client-id']
  const credentialId = tags[ID_TAG[kind]]
  const overrides = parseOverrides(tags['steward-policy'] ?? '')
  const previous = parsePrevious(tags['steward-previous'], tags['steward-retire-at'])
  const actsBy = parseActsBy(tags['steward-acts-by'])
  const workspace = tags['steward-workspace'] ?? null
  const scope = parseScope(tags['steward-scope'])
  const state = tags['steward-state']
  if (!name || !clientId || !overrides || !previous || !actsBy || scope === undefined) return null
  if (credentialId === undefined || !ID_FORM.test(credentialId)) return null
  if (state !== 'active' && state !== 'paused') return null
  if (workspace === null ? kind === 'databricks-token' : !httpsOrigin.safeParse(workspace).success) return null
  return {
    kind,
    owner: { instance, name },
    clientId,
    credentialId,
    overrides,
    isPaused: state === 'paused',
    // What is current is not to be retired, whoever edited the tags.
    previous: previous.filter((one) => one.credentialId !== credentialId),
    workspace,
    actsBy,
    scope,
  }
}

/** Before there was rotation, client secrets got only what tells whose they are; all else is as if nothing was chosen. */
function completeFirstForm(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isFirstForm =
    tags['steward-kind'] === 'client-secret' && SINCE_ROTATION.every((name) => tags[name] === undefined)
  if (!isFirstForm) return tags
  return { ...tags, 'steward-policy': formatOverrides({}), 'steward-state': 'active', 'steward-acts-by': 'entra' }
}

const SINCE_ROTATION = ['steward-policy', 'steward-state', 'steward-acts-by'] as const

/** Our tags over those of others, which stay as far as Key Vault has room for them. */
export function mergeTags(
  present: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
): Record<string, string> {
  const others = Object.entries(present).filter(([name]) => !name.startsWith(OURS))
  return { ...Object.fromEntries(others.slice(0, MAX_TAGS - Object.keys(ours).length)), ...ours }
}

/** Whether a version bears any mark of ours, complete or not, of whatever instance. */
export function isMarked(tags: Readonly<Record<string, string>>): boolean {
  return tags['steward-schema'] !== undefined
}

/** Which vault secret a credential is, in one text: the same for every spelling of the secret's name. */
export function credentialKey(vaultUrl: string, secretName: string): string {
  return `${new URL(vaultUrl).hostname}/${secretName.toLowerCase()}`
}

function formatSecond(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

/** Null for what `formatSecond` does not write, such as a time of no zone or a 30th of February. */
function parseSecond(text: string): Date | null {
  const at = new Date(text)
  return !Number.isNaN(at.getTime()) && formatSecond(at) === text ? at : null
}

function parsePrevious(ids: string | undefined, times: string | undefined): PreviousCredential[] | null {
  if (ids === undefined && times === undefined) return []
  const credentialIds = ids?.split(' ') ?? []
  const retireTimes = times?.split(' ') ?? []
  if (credentialIds.length !== retireTimes.length || credentialIds.length > MAX_PREVIOUS) return null
  const previous = credentialIds.flatMap((credentialId, index) => {
    const retireAt = parseSecond(retireTimes[index] ?? '')
    return retireAt && ID_FORM.test(credentialId) ? [{ credentialId, retireAt }] : []
  })
  return previous.length === credentialIds.length ? previous : null
}

function formatActsBy(actsBy: ActsBy): string {
  return actsBy.kind === 'client-secret' ? `client-secret ${actsBy.vaultHost} ${actsBy.secretName}` : actsBy.kind
}

function parseActsBy(text: string | undefined): ActsBy | null {
  const [kind, vaultHost, secretName, ...rest] = text?.split(' ') ?? []
  if (rest.length > 0) return null
  if (kind === 'client-secret' && vaultHost && secretName) return { kind, vaultHost, secretName }
  return (kind === 'entra' || kind === 'databricks') && vaultHost === undefined ? { kind } : null
}

/** Undefined for what is no such text. */
function parseScope(text: string | undefined): ScopeCopy | null | undefined {
  if (text === undefined) return null
  const [, pending, scopeName] = /^(pending )?(\S+)$/.exec(text) ?? []
  return scopeName === undefined ? undefined : { scopeName, isPending: pending !== undefined }
}
