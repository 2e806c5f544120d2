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

/**
 * `displayName` of a client secret and comment of a token: it names the vault secret that holds it, so an orphan is
 * recognised as ours.
 */
export function credentialMark(instance: string, vaultUrl: string, secretName: string): string {
  return `steward/${instance}/${new URL(vaultUrl).hostname}/${secretName}`
}

/** Whether a credential bears the mark of this deployment, for whatever vault secret. */
export function isCredentialMark(instance: string, mark: string): boolean {
  return mark.startsWith(`steward/${instance}/`)
}

/** Comment of the token that lives for a moment, so that a workspace keeps permissions on tokens. */
export function bootstrapMark(instance: string): string {
  return `steward/${instance}/bootstrap`
}

/** Name of the federated credential that lets Steward's own identity act as an application. */
export function federatedCredentialName(instance: string): string {
  return `steward-${instance}`
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
