/**
 * Ownership marks: what Steward writes on the things it makes, so that it can tell its own. Each bears the instance's
 * name; a thing without our mark is never changed or removed.
 */

/** Who a thing is for: the deployment, and the onboarding's name in it. */
export interface Owner {
  readonly instance: string
  readonly name: string
}

/** `uniqueName` of an app registration; Graph allows it once per tenant, so creating twice cannot make two. */
export function applicationUniqueName({ instance, name }: Owner): string {
  return `steward-${instance}-${name}`
}

/** Whether an application bears the mark of some onboarding, of this deployment or another. */
export function isStewardUniqueName(uniqueName: string): boolean {
  return uniqueName.startsWith('steward-')
}

/** `externalId` of a SCIM service principal (Databricks allows 64 characters). */
export function principalExternalId({ instance, name }: Owner): string {
  return `steward/${instance}/${name}`
}

/** Whether a principal bears the mark of some onboarding, of this deployment or another. */
export function isStewardExternalId(externalId: string): boolean {
  return externalId.startsWith('steward/')
}

/** `displayName` of a client secret: it names the vault secret that holds it, so an orphan is recognised as ours. */
export function clientSecretDisplayName(instance: string, vaultUrl: string, secretName: string): string {
  return `steward/${instance}/${new URL(vaultUrl).hostname}/${secretName}`
}

/** Whether a client secret bears the mark of this deployment, for whatever vault secret. */
export function isClientSecretDisplayName(instance: string, displayName: string): boolean {
  return displayName.startsWith(`steward/${instance}/`)
}

/** Name of a secret scope: everything behind the prefix begins with the onboarding's name. */
export function secretScopeName(instance: string, prefix: string | undefined, name: string): string {
  return `${prefix ?? `steward-${instance}-`}${name}`
}

/** Folder of an onboarding's notebooks. */
export function notebookFolder(root: string, { instance, name }: Owner): string {
  return `${root}/${instance}/${name}`
}

/** Tags of a job. Anybody who may create jobs can write them, so they count only on one that Steward created. */
export function jobTags({ instance, name }: Owner): {
  readonly 'steward-instance': string
  readonly 'steward-name': string
} {
  return { 'steward-instance': instance, 'steward-name': name }
}

/** Reads the tags back; null when the job bears no mark. */
export function readJobTags(tags: Readonly<Record<string, string>>): Owner | null {
  const { 'steward-instance': instance, 'steward-name': name } = tags
  return instance !== undefined && name !== undefined ? { instance, name } : null
}

/** `description` of a role assignment. */
export function roleAssignmentDescription({ instance, name }: Owner): string {
  return `steward/${instance}/${name}`
}

/** Reads the description back; null when it bears no mark. */
export function readRoleAssignmentDescription(description: string | null): Owner | null {
  const [, instance, name] = /^steward\/([^/]+)\/([^/]+)$/.exec(description ?? '') ?? []
  return instance !== undefined && name !== undefined ? { instance, name } : null
}

const TAG_SCHEMA = '1'

/** What the tags of a vault secret tell: whose it is and which credential its version holds. */
export interface ClientSecretTags {
  readonly owner: Owner
  readonly clientId: string
  /** Key id of the client secret on the app registration. */
  readonly keyId: string
}

/** Tags of a vault secret version that holds a client secret (Key Vault allows 15 tags of 256 characters). */
export function writeClientSecretTags({ owner, clientId, keyId }: ClientSecretTags): Record<string, string> {
  return {
    'steward-schema': TAG_SCHEMA,
    'steward-kind': 'client-secret',
    'steward-instance': owner.instance,
    'steward-name': owner.name,
    'steward-client-id': clientId,
    'steward-key-id': keyId,
  }
}

/** Reads the tags back; null when the version does not bear a complete mark of this instance. */
export function readClientSecretTags(
  instance: string,
  tags: Readonly<Record<string, string>>,
): ClientSecretTags | null {
  const name = tags['steward-name']
  const clientId = tags['steward-client-id']
  const keyId = tags['steward-key-id']
  const isOurs =
    tags['steward-schema'] === TAG_SCHEMA &&
    tags['steward-kind'] === 'client-secret' &&
    tags['steward-instance'] === instance
  if (!isOurs || !name || !clientId || !keyId) return null
  return { owner: { instance, name }, clientId, keyId }
}
