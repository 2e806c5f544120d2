import { randomBytes } from 'node:crypto'
import { resourceIdOfHost } from '../arm/resources.ts'
import type { CloudSettings } from '../settings.ts'
import type { SecretMetadata } from './secret-parameters.ts'

/** One version of a secret; times ending in `At` are milliseconds, `notBefore` and `expires` unix seconds as on the wire. */
export interface SecretVersion {
  /** 32 hex digits. */
  readonly version: string
  readonly value: string
  readonly createdAt: number
  contentType: string | null
  tags: Readonly<Record<string, string>> | null
  enabled: boolean
  notBefore: number | null
  expires: number | null
  updatedAt: number
}

interface Deletion {
  readonly startedAt: number
  /** The secret shows among the deleted ones from here on. */
  readonly readyAt: number
  readonly purgeAt: number
}

interface Recovery {
  readonly readableAt: number
  /** Sets go on conflicting for a while after reads succeed. */
  readonly writableAt: number
}

export interface Secret {
  readonly name: string
  /** Oldest first; the last one is the current one. */
  readonly versions: SecretVersion[]
  deletion: Deletion | null
  recovery: Recovery | null
}

export type SecretStage = 'active' | 'deleting' | 'deleted' | 'recovering' | 'settling'

export interface Delays {
  deletingMs: number
  recoveringMs: number
  /** How long after a recovery reads succeed while sets still conflict. */
  settlingMs: number
}

/** What an access policy can allow with secrets, as far as the calls that there are ask for it. */
export const secretPermissions = ['get', 'list', 'set', 'delete', 'recover', 'purge'] as const

export type SecretPermission = (typeof secretPermissions)[number]

export interface Vault {
  readonly host: string
  readonly resourceId: string
  /** Keys are lower-case names: the service compares names without case. */
  readonly secrets: Map<string, Secret>
  /** Whether Azure's roles decide who may do what; else the access policies do, which count for nothing otherwise. */
  usesRbac: boolean
  /** By object id. */
  readonly accessPolicies: Map<string, ReadonlySet<SecretPermission>>
}

/** The vaults of the settings, empty and with roles. */
export function createVaults(settings: CloudSettings): ReadonlyMap<string, Vault> {
  return new Map(
    settings.vaults.map((host) => [
      host,
      {
        host,
        resourceId: resourceIdOfHost(settings, host),
        secrets: new Map(),
        usesRbac: true,
        accessPolicies: new Map(),
      },
    ]),
  )
}

export const RETENTION_DAYS = 90

/** What can be done with the secret at the moment. */
export function stageOf(secret: Secret, now: number): SecretStage {
  if (secret.deletion !== null) return now < secret.deletion.readyAt ? 'deleting' : 'deleted'
  if (secret.recovery === null || now >= secret.recovery.writableAt) return 'active'
  return now < secret.recovery.readableAt ? 'recovering' : 'settling'
}

/** Finds a secret in any stage; one whose retention is over is gone for good. */
export function findSecret(vault: Vault, name: string, now: number): Secret | undefined {
  const key = name.toLowerCase()
  const secret = vault.secrets.get(key)
  if (secret?.deletion && now >= secret.deletion.purgeAt) {
    vault.secrets.delete(key)
    return undefined
  }
  return secret
}

/** Secrets in the named stages, in the order of their names. */
export function listSecrets(vault: Vault, stages: readonly SecretStage[], now: number): readonly Secret[] {
  return [...vault.secrets.keys()]
    .sort()
    .map((key) => findSecret(vault, key, now))
    .filter((secret) => secret !== undefined)
    .filter((secret) => stages.includes(stageOf(secret, now)))
}

export function currentVersion(secret: Secret): SecretVersion {
  const version = secret.versions.at(-1)
  if (version === undefined) throw new Error(`secret ${secret.name} has no version`)
  return version
}

/** Adds a version, which becomes the current one. */
export function addVersion(vault: Vault, name: string, value: string, metadata: SecretMetadata, now: number): Secret {
  const secret = vault.secrets.get(name.toLowerCase()) ?? {
    name,
    versions: [],
    deletion: null,
    recovery: null,
  }
  vault.secrets.set(name.toLowerCase(), secret)
  secret.versions.push({
    version: randomBytes(16).toString('hex'),
    value,
    contentType: metadata.contentType ?? null,
    tags: metadata.tags ?? null,
    enabled: metadata.attributes?.enabled ?? true,
    notBefore: metadata.attributes?.nbf ?? null,
    expires: metadata.attributes?.exp ?? null,
    createdAt: now,
    updatedAt: now,
  })
  return secret
}
