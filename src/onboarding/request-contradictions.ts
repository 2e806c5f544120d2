import { z } from 'zod'
import { readRoleId } from '../platform/azure-roles.ts'
import type { Issue } from '../platform/errors.ts'

/** What holds between fields, read from a request that may be wrong anywhere else; null for what cannot be judged. */
const adoptOutline = z.boolean().default(false).nullable().catch(null)
const textOutline = z.string().nullable().catch(null)
const namesOutline = z.array(z.string()).default([]).catch([])
const outline = z
  .object({
    name: textOutline,
    servicePrincipal: z
      .object({ kind: z.string(), clientId: z.unknown().optional(), adopt: adoptOutline })
      .nullable()
      .catch(null),
    clientSecret: z.unknown().optional(),
    databricks: z.unknown().optional(),
    machineLearning: z.unknown().optional(),
  })
  .nullable()
  .catch(null)
const sectionOutline = z
  .object({
    servicePrincipalId: z.unknown().optional(),
    adopt: adoptOutline,
    entitlements: namesOutline,
    groups: namesOutline,
    accessToken: z.unknown().optional(),
    secretScope: z.unknown().optional(),
    job: z.unknown().optional(),
  })
  .nullable()
  .catch(null)

/** What zod cannot see field by field; told together with whatever else is wrong. */
export function findContradictions(request: unknown): Issue[] {
  const issues: Issue[] = []
  const report = (path: string, message: string): void => void issues.push({ path, message })
  const known = outline.parse(request)
  const principal = known?.servicePrincipal
  if (principal?.kind === 'databricks') {
    if (known?.clientSecret !== undefined)
      report('clientSecret', 'is only for kind "entra": a Databricks-managed principal has no app registration')
    if (known?.databricks === undefined)
      report('databricks', 'is needed for kind "databricks": the principal is made in a workspace')
  } else if (principal?.kind === 'entra' && contradicts(principal.adopt, principal.clientId)) {
    report('servicePrincipal.adopt', 'and clientId go together: adopting needs both')
  }
  if (known?.machineLearning !== undefined) reportMachineLearning(principal?.kind, known.machineLearning, report)
  const section = sectionOutline.parse(known?.databricks ?? null)
  if (!section) return issues
  if (contradicts(section.adopt, section.servicePrincipalId)) {
    report('databricks.adopt', 'and servicePrincipalId go together: adopting needs both')
  }
  if (section.entitlements.includes('workspace-consume') && new Set(section.entitlements).size > 1) {
    report('databricks.entitlements', '"workspace-consume" stands alone: Databricks refuses it beside others')
  }
  for (const key of ['entitlements', 'groups'] as const) {
    // Databricks does not mind upper and lower case in the names of groups.
    reportTwice(`databricks.${key}`, section[key], report)
  }
  reportScopeAndJob(known, section, report)
  reportAccessToken(known, section.accessToken, report)
  return issues
}

type Report = (path: string, message: string) => void

const scopeOutline = z
  .object({
    name: textOutline,
    backend: z.string().default('databricks').nullable().catch(null),
    vault: z.unknown().optional(),
  })
  .nullable()
  .catch(null)
const secretOutline = z.object({ vault: textOutline, secretName: textOutline }).partial().nullable().catch(null)
const jobOutline = z.object({ managers: namesOutline }).nullable().catch(null)

function reportScopeAndJob(
  known: z.output<typeof outline>,
  { secretScope, job }: { secretScope?: unknown; job?: unknown },
  report: Report,
): void {
  const scope = scopeOutline.parse(secretScope ?? null)
  const isInVault = scope?.backend === 'key-vault'
  if (scope?.name && known?.name && !isScopeOf(known.name, scope.name)) {
    report(
      'databricks.secretScope.name',
      `must be "${known.name}", or that followed by a dot, an underscore or @: a scope belongs to one onboarding`,
    )
  }
  if (isInVault && scope.vault === undefined) {
    report('databricks.secretScope.vault', 'is needed for the backend key-vault')
  }
  if (scope?.backend === 'databricks' && scope.vault !== undefined) {
    report('databricks.secretScope.vault', 'is only for the backend key-vault: leave it out')
  }
  if (job === undefined) return
  reportTwice('databricks.job.managers', jobOutline.parse(job)?.managers ?? [], report)
  if (known?.clientSecret === undefined) {
    report('databricks.job', 'needs clientSecret: its cluster signs in to the storage account with it')
  }
  if (secretScope === undefined)
    report('databricks.job', 'needs databricks.secretScope: its cluster reads the secret there')
  const secret = secretOutline.parse(known?.clientSecret ?? null)
  if (isInVault && typeof scope.vault === 'string' && secret?.vault && secret.vault !== scope.vault) {
    report('databricks.secretScope.vault', 'must be the vault of clientSecret: the job reads that secret in this scope')
  }
}

const tokenOutline = z
  .object({
    vault: textOutline,
    secretName: textOutline,
    signIn: z.string().nullable().catch(null),
    tokenId: z.unknown().optional(),
    adopt: adoptOutline,
  })
  .partial()
  .nullable()
  .catch(null)

function reportAccessToken(known: z.output<typeof outline>, accessToken: unknown, report: Report): void {
  const token = tokenOutline.parse(accessToken ?? null)
  if (!token) return
  if (contradicts(token.adopt ?? false, token.tokenId)) {
    report('databricks.accessToken.adopt', 'and tokenId go together: adopting needs both')
  }
  if (token.signIn === 'client-secret' && known?.clientSecret === undefined) {
    report('databricks.accessToken.signIn', '"client-secret" needs clientSecret: Steward signs in with it')
  }
  const secret = secretOutline.parse(known?.clientSecret ?? null)
  if (secret?.secretName && secret.secretName.toLowerCase() === token.secretName?.toLowerCase()) {
    report(
      'databricks.accessToken.secretName',
      'is that of clientSecret: each needs a name of its own, in the vault and in a scope',
    )
  }
}

/** Dots, underscores and @ are in no onboarding's name, so that a scope's name tells whose it is. */
function isScopeOf(onboarding: string, scope: string): boolean {
  return scope === onboarding || /^[._@]/.test(scope.startsWith(onboarding) ? scope.slice(onboarding.length) : '')
}

const learningOutline = z
  .object({
    workspace: z.unknown().optional(),
    roles: namesOutline,
    registry: z.unknown().optional(),
    registryRoles: namesOutline,
  })
  .nullable()
  .catch(null)

function reportMachineLearning(kind: string | undefined, learning: unknown, report: Report): void {
  if (kind === 'databricks') {
    report('machineLearning', 'is only for kind "entra": Azure knows no principal that Databricks manages')
  }
  const section = learningOutline.parse(learning)
  if (!section) return
  const { workspace, roles, registry, registryRoles } = section
  if ((workspace === undefined) !== (roles.length === 0)) {
    report('machineLearning.roles', 'and workspace go together: which roles, and on what')
  }
  if ((registry === undefined) !== (registryRoles.length === 0)) {
    report('machineLearning.registryRoles', 'and registry go together: which roles, and on what')
  }
  if (workspace === undefined && registry === undefined) {
    report('machineLearning', 'names nothing: give workspace and roles, or registry and registryRoles')
  }
  const idsOf = (names: readonly string[]): string[] => names.map((name) => readRoleId(name) ?? name)
  reportTwice('machineLearning.roles', idsOf(roles), report)
  reportTwice('machineLearning.registryRoles', idsOf(registryRoles), report)
}

function reportTwice(path: string, names: readonly string[], report: Report): void {
  const same = names.map((name) => name.trim().toLowerCase())
  if (new Set(same).size < same.length) report(path, 'names something twice')
}

function contradicts(adopts: boolean | null, id: unknown): boolean {
  return adopts !== null && adopts !== (id !== undefined)
}
