import { StewardError } from '../platform/errors.ts'
import { toIssues } from '../platform/zod-issues.ts'
import type { Asked, Wishes } from '../trust/allow-lists.ts'
import { secretExclusionKey } from '../trust/exclusion.ts'
import { findContradictions } from './request-contradictions.ts'
import { type OnboardingRequest, onboardingRequestSchema } from './request-schema.ts'

export type { OnboardingRequest }

/** Parses a request. Throws `invalid-request` with every issue and its path. */
export function parseOnboardingRequest(body: unknown): OnboardingRequest {
  const parsed = onboardingRequestSchema.safeParse(body)
  const contradictions = findContradictions(body)
  if (parsed.success && contradictions.length === 0) return parsed.data
  const issues = [...(parsed.error ? toIssues(parsed.error) : []), ...contradictions]
  throw new StewardError('invalid-request', 'The request is not valid; nothing was changed.', { issues })
}

/** What the configuration must allow before anything is looked at. */
export function wishesOf({
  name,
  clientSecret: secret,
  databricks: section,
  machineLearning,
}: OnboardingRequest): Wishes {
  const list = (values: readonly string[], path: string): Asked[] =>
    values.map((value, index) => ({ value, path: `${path}[${index}]` }))
  const one = (value: string | undefined, path: string): Asked[] => (value === undefined ? [] : [{ value, path }])
  const scope = section?.secretScope
  return {
    onboarding: name,
    vaults: [
      ...one(secret?.vault, 'clientSecret.vault'),
      ...one(section?.accessToken?.vault, 'databricks.accessToken.vault'),
    ],
    scopeVaults: one(scope?.vault, 'databricks.secretScope.vault'),
    workspaces: one(section?.workspace, 'databricks.workspace'),
    entitlements: list(section?.entitlements ?? [], 'databricks.entitlements'),
    groups: list(section?.groups ?? [], 'databricks.groups'),
    managers: list(section?.job?.managers ?? [], 'databricks.job.managers'),
    jobs: one(section?.job?.name, 'databricks.job'),
    machineLearningWorkspaces: one(machineLearning?.workspace, 'machineLearning.workspace'),
    registries: one(machineLearning?.registry, 'machineLearning.registry'),
    roles: [
      ...list(machineLearning?.roles ?? [], 'machineLearning.roles'),
      ...list(machineLearning?.registryRoles ?? [], 'machineLearning.registryRoles'),
    ],
  }
}

/** The places alone, for removing: what was granted may be taken back although the configuration grants it no more. */
export function placesOf(request: OnboardingRequest): Wishes {
  const { vaults, scopeVaults, ...wishes } = wishesOf(request)
  const none = { entitlements: [], groups: [], managers: [], jobs: [], roles: [], scopeVaults: [] }
  return { ...wishes, ...none, vaults: [...vaults, ...scopeVaults] }
}

/** Whether anything is to be taken over that Steward did not make; only an Admin may ask for that. */
export function asksToAdopt({ servicePrincipal, databricks: section }: OnboardingRequest): boolean {
  return (
    (servicePrincipal.kind === 'entra' && servicePrincipal.adopt) ||
    section?.adopt === true ||
    section?.accessToken?.adopt === true
  )
}

/** What must not be worked on twice at once: the principal, whatever is adopted, and the vault secret. */
export function exclusionKeysOf({
  name,
  servicePrincipal,
  clientSecret: secret,
  databricks: section,
}: OnboardingRequest): string[] {
  const keys = [`principal/${name}`]
  if (servicePrincipal.kind === 'entra' && servicePrincipal.clientId)
    keys.push(`client-id/${servicePrincipal.clientId}`)
  if (section?.servicePrincipalId)
    keys.push(`workspace-principal/${new URL(section.workspace).hostname}/${section.servicePrincipalId}`)
  for (const held of [secret, section?.accessToken]) {
    if (held) keys.push(secretExclusionKey(held.vault, held.secretName))
  }
  return keys.sort()
}
