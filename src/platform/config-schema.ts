import { z } from 'zod'
import { CLOUDS } from './clouds.ts'

const CLOUD_NAMES = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'] as const

const httpsOrigin = z
  .string()
  .regex(
    /^https:\/\/[a-z0-9][a-z0-9.-]*$/,
    'must be an origin such as https://name.example.net: lower case, no path, no trailing slash',
  )

const resourceId = (type: string, example: string) =>
  z
    .string()
    .regex(
      new RegExp(
        `^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/${type.replace('.', '\\.')}/[^/]+$`,
        'i',
      ),
      `must be a resource id such as ${example}`,
    )

const vault = z.strictObject({
  url: httpsOrigin.describe('Origin of the vault, as its properties page shows it, without the trailing slash.'),
  resourceId: resourceId(
    'Microsoft.KeyVault/vaults',
    '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<name>',
  ).describe('Azure resource id of the vault.'),
})

const workspace = z.strictObject({
  url: httpsOrigin.describe('Origin of the workspace: https://adb-<workspace id>.<n>.azuredatabricks.net.'),
  resourceId: resourceId(
    'Microsoft.Databricks/workspaces',
    '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Databricks/workspaces/<name>',
  ).describe('Azure resource id of the workspace.'),
  requestsPerSecond: z
    .number()
    .min(1)
    .max(100)
    .default(15)
    .describe('How many requests a second Steward may send to this workspace, per instance of the app.'),
})

/** Entitlements that Databricks knows on a workspace (SCIM API, `entitlements`). */
export const ENTITLEMENTS = [
  'workspace-access',
  'databricks-sql-access',
  'allow-cluster-create',
  'allow-instance-pool-create',
  'workspace-consume',
] as const

const databricks = z.strictObject({
  workspaces: z
    .array(workspace)
    .min(1)
    .describe('The workspaces that Steward may work in; no token goes to any other.'),
  entitlements: z.array(z.enum(ENTITLEMENTS)).default([]).describe('Entitlements that an onboarding may ask for.'),
  groups: z
    .array(z.string().trim().min(1).max(255))
    .default([])
    .describe('Groups that an onboarding may put a principal in. The group "admins" also needs allowAdmins.'),
  allowAdmins: z
    .boolean()
    .default(false)
    .describe('Lets "admins" be among the groups. A member of it can do everything in the workspace.'),
})

/** The shape of `steward.yaml`; every description below ends up in docs/configuration.md and the editor's schema. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors only: where the JSON Schema of this file is.'),
    instance: z
      .string()
      // No dash: marks join it and the onboarding's name with one, and must come apart again.
      .regex(/^[a-z][a-z0-9]{0,14}$/, 'must be 1 to 15 lower-case letters and digits, a letter first')
      .describe(
        "Name of this deployment. It is part of every ownership mark: two deployments never touch each other's things.",
      ),
    cloud: z.enum(CLOUD_NAMES).default('AzureCloud').describe('The Azure cloud that everything here is in.'),
    vaults: z
      .array(vault)
      .default([])
      .describe('The Key Vaults that secrets may be put in; no token goes to any other.'),
    databricks: databricks.optional().describe('Azure Databricks; without it an onboarding has no such section.'),
  })
  // Whatever else is wrong, all of it is told at once.
  .superRefine(reportContradictions, { when: () => true })

/** What holds between fields, read from a configuration that may be wrong anywhere else. */
const outline = z
  .object({
    cloud: z.enum(CLOUD_NAMES).nullable().catch(null),
    vaults: z.array(z.unknown()).catch([]),
    databricks: z
      .object({
        workspaces: z.array(z.unknown()).catch([]),
        groups: z.array(z.unknown()).catch([]),
        allowAdmins: z.unknown().optional(),
      })
      .nullable()
      .catch(null),
  })
  .nullable()
  .catch(null)
const placeOutline = z
  .object({ url: httpsOrigin.nullable().catch(null), resourceId: z.string().nullable().catch(null) })
  .catch({ url: null, resourceId: null })
const groupOutline = z.string().trim().toLowerCase().nullable().catch(null)

type Path = (string | number)[]

function reportContradictions(config: unknown, context: z.RefinementCtx): void {
  const known = outline.parse(config)
  if (!known) return
  const report = (path: Path, message: string): void => context.addIssue({ code: 'custom', path, message })
  const vaults = known.vaults.map((vault) => placeOutline.parse(vault))
  const workspaces = known.databricks?.workspaces.map((workspace) => placeOutline.parse(workspace)) ?? []
  reportTwice(
    vaults,
    ({ url }) => url,
    (index) => report(['vaults', index, 'url'], 'is listed twice'),
  )
  reportTwice(
    workspaces,
    ({ url }) => url,
    (index) => report(['databricks', 'workspaces', index, 'url'], 'is listed twice'),
  )
  if (known.cloud) {
    const { vaultSuffix, databricksSuffix } = CLOUDS[known.cloud]
    for (const [index, { url, resourceId }] of vaults.entries()) {
      const name = url === null ? null : readName(url, vaultSuffix, /^[a-z0-9-]+$/)
      if (name === undefined) {
        report(['vaults', index, 'url'], `must be https://<name>${vaultSuffix}: that is where ${known.cloud} has it`)
      } else if (name !== null && resourceId !== null && resourceId.split('/').at(-1)?.toLowerCase() !== name) {
        report(['vaults', index, 'resourceId'], `is not that of ${url}: they must name the same vault`)
      }
    }
    for (const [index, { url }] of workspaces.entries()) {
      if (url !== null && readName(url, databricksSuffix, /^adb-\d+\.\d+$/) === undefined) {
        const form = `https://adb-<workspace id>.<number>${databricksSuffix}`
        report(['databricks', 'workspaces', index, 'url'], `must be ${form}: that is where ${known.cloud} has it`)
      }
    }
  }
  if (!known.databricks) return
  const groups = known.databricks.groups.map((group) => groupOutline.parse(group))
  reportTwice(
    groups,
    (group) => group,
    (index) => report(['databricks', 'groups', index], 'is listed twice'),
  )
  const admins = groups.indexOf('admins')
  if (admins >= 0 && known.databricks.allowAdmins !== true) {
    report(['databricks', 'groups', admins], 'is "admins", which needs databricks.allowAdmins: true')
  }
}

function reportTwice<T>(items: readonly T[], keyOf: (item: T) => string | null, report: (index: number) => void): void {
  const keys = items.map(keyOf)
  for (const [index, key] of keys.entries()) if (key !== null && keys.indexOf(key) < index) report(index)
}

/** What stands before the suffix, if it is a name of the wished form. */
function readName(url: string, suffix: string, form: RegExp): string | undefined {
  if (!url.endsWith(suffix)) return undefined
  const name = url.slice('https://'.length, -suffix.length)
  return form.test(name) ? name : undefined
}

/** The validated configuration. */
export type Config = z.output<typeof configSchema>
