import { currentVersion, RETENTION_DAYS, type Secret, type SecretVersion } from './vault-state.ts'

const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

function renderMetadata(version: SecretVersion): Record<string, unknown> {
  return {
    ...(version.contentType === null ? {} : { contentType: version.contentType }),
    attributes: {
      enabled: version.enabled,
      ...(version.notBefore === null ? {} : { nbf: version.notBefore }),
      ...(version.expires === null ? {} : { exp: version.expires }),
      created: toSeconds(version.createdAt),
      updated: toSeconds(version.updatedAt),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: RETENTION_DAYS,
    },
    ...(version.tags === null ? {} : { tags: version.tags }),
  }
}

function versionId(host: string, secret: Secret, version: SecretVersion): string {
  return `https://${host}/secrets/${secret.name}/${version.version}`
}

/** What get and set answer; updates, deletions and recoveries answer the same without the value. */
export function renderBundle(
  host: string,
  secret: Secret,
  version: SecretVersion,
  withValue: boolean,
): Record<string, unknown> {
  return {
    ...(withValue ? { value: version.value } : {}),
    id: versionId(host, secret, version),
    ...renderMetadata(version),
  }
}

/** An entry of the list of secrets: its id names no version, its attributes are the current version's. */
export function renderItem(host: string, secret: Secret): Record<string, unknown> {
  return {
    id: `https://${host}/secrets/${secret.name}`,
    ...renderMetadata(currentVersion(secret)),
  }
}

function renderDeletion(host: string, secret: Secret): Record<string, unknown> {
  if (secret.deletion === null) throw new Error(`secret ${secret.name} is not deleted`)
  return {
    recoveryId: `https://${host}/deletedsecrets/${secret.name}`,
    deletedDate: toSeconds(secret.deletion.startedAt),
    scheduledPurgeDate: toSeconds(secret.deletion.purgeAt),
  }
}

export function renderDeletedBundle(host: string, secret: Secret): Record<string, unknown> {
  return {
    ...renderDeletion(host, secret),
    ...renderBundle(host, secret, currentVersion(secret), false),
  }
}

export function renderDeletedItem(host: string, secret: Secret): Record<string, unknown> {
  return { ...renderDeletion(host, secret), ...renderItem(host, secret) }
}
