import { z } from 'zod'
import { CLOUDS } from './clouds.ts'

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
    .array(z.string().min(1).max(255))
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
    cloud: z
      .enum(['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'])
      .default('AzureCloud')
      .describe('The Azure cloud that everything here is in.'),
    vaults: z
      .array(vault)
      .default([])
      .describe('The Key Vaults that secrets may be put in; no token goes to any other.'),
    databricks: databricks.optional().describe('Azure Databricks; without it an onboarding has no such section.'),
  })
  .superRefine((config, context) => {
    const cloud = CLOUDS[config.cloud]
    const report = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const origins = (list: readonly { url: string }[], path: (string | number)[], suffix: string): void => {
      for (const [index, { url }] of list.entries()) {
        if (!url.endsWith(suffix))
          report([...path, index, 'url'], `must end in ${suffix}: that is where ${config.cloud} has it`)
        if (list.findIndex((other) => other.url === url) < index) report([...path, index, 'url'], 'is listed twice')
      }
    }
    origins(config.vaults, ['vaults'], cloud.vaultSuffix)
    if (!config.databricks) return
    origins(config.databricks.workspaces, ['databricks', 'workspaces'], cloud.databricksSuffix)
    const admins = config.databricks.groups.findIndex((group) => group.toLowerCase() === 'admins')
    if (admins >= 0 && !config.databricks.allowAdmins) {
      report(['databricks', 'groups', admins], 'is "admins", which needs databricks.allowAdmins: true')
    }
  })

/** The validated configuration. */
export type Config = z.output<typeof configSchema>
