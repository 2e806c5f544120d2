import { z } from 'zod'
import { ROLE_NAMES, readRoleId } from './azure-roles.ts'
import { CLOUD_NAMES, httpsOrigin, reportContradictions } from './config-contradictions.ts'
import { rotationSection } from './rotation-config.ts'

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

/** What an onboarding may be called; the marks of what it makes are built from it. */
export const onboardingName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2 to 40 lower-case letters, digits and dashes, a letter first')

const vault = z.strictObject({
  url: httpsOrigin.describe('Origin of the vault, as its properties page shows it, without the trailing slash.'),
  resourceId: resourceId(
    'Microsoft.KeyVault/vaults',
    '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<name>',
  ).describe('Azure resource id of the vault.'),
  dedicatedTo: onboardingName
    .optional()
    .describe(
      'Name of the one onboarding that this vault is for. A secret scope that is backed by a vault shows its principal every secret in there, so it is allowed on such a vault only; no other onboarding may use it.',
    ),
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

const groupName = z.string().trim().min(1).max(255)

const jobCluster = z.strictObject({
  sparkVersion: z.string().min(1).max(100).describe('Databricks Runtime, such as 15.4.x-scala2.12.'),
  nodeTypeId: z.string().min(1).max(100).describe('Kind of machine, such as Standard_DS3_v2.'),
  numWorkers: z.int().min(1).max(1000).default(1).describe('Workers beside the driver.'),
  dataSecurityMode: z
    .enum(['SINGLE_USER', 'NONE', 'USER_ISOLATION'])
    .default('SINGLE_USER')
    .describe(
      'Access mode of the cluster. USER_ISOLATION does not let a job use the OAuth settings of a storage account.',
    ),
})

const databricks = z.strictObject({
  workspaces: z
    .array(workspace)
    .min(1)
    .describe('The workspaces that Steward may work in; no token goes to any other.'),
  entitlements: z.array(z.enum(ENTITLEMENTS)).default([]).describe('Entitlements that an onboarding may ask for.'),
  groups: z
    .array(groupName)
    .default([])
    .describe('Groups that an onboarding may put a principal in. The group "admins" also needs allowAdmins.'),
  allowAdmins: z
    .boolean()
    .default(false)
    .describe('Lets "admins" be among the groups. A member of it can do everything in the workspace.'),
  managers: z
    .array(groupName)
    .default([])
    .describe(
      'Groups that an onboarding may let manage its job. Whoever manages a job can make it do anything as its owner, the service principal.',
    ),
  scopePrefix: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$/, 'must be 2 to 40 letters, digits, dots, dashes and underscores')
    .optional()
    .describe(
      'What the names of secret scopes begin with: the mark of those that Steward made. "steward-<instance>-" when left out.',
    ),
  notebookRoot: z
    .string()
    .regex(/^(\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){1,5}$/, 'must be an absolute path without a slash at its end')
    .default('/Steward')
    .describe(
      "Folder that Steward makes its notebooks in, each under <instance>/<onboarding>. Only admins should have rights on it: whoever edits a job's notebook acts as its owner.",
    ),
  jobCluster: jobCluster
    .optional()
    .describe('The cluster that each run of a job gets; without it an onboarding has no job.'),
})

const role = z
  .string()
  .refine((text) => readRoleId(text) !== undefined, `must be the id of a role, or one of ${ROLE_NAMES.join(', ')}`)

const ML = 'Microsoft.MachineLearningServices'
const machineLearning = z.strictObject({
  workspaces: z
    .array(
      resourceId(`${ML}/workspaces`, `/subscriptions/<id>/resourceGroups/<group>/providers/${ML}/workspaces/<name>`),
    )
    .default([])
    .describe('Resource ids of the workspaces that Steward may give roles on.'),
  registries: z
    .array(
      resourceId(`${ML}/registries`, `/subscriptions/<id>/resourceGroups/<group>/providers/${ML}/registries/<name>`),
    )
    .default([])
    .describe('Resource ids of the registries that Steward may give roles on.'),
  roles: z
    .array(role)
    .default([])
    .describe(
      'Roles that an onboarding may ask for, by name or id. The ones that can give roles to others (Owner, User Access Administrator, Role Based Access Control Administrator) also need allowPrivilegedRoles.',
    ),
  allowPrivilegedRoles: z
    .boolean()
    .default(false)
    .describe('Lets roles be listed whose holder can give any role to anybody on the workspace.'),
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
    machineLearning: machineLearning
      .optional()
      .describe('Azure Machine Learning; without it an onboarding has no such section.'),
    rotation: rotationSection,
  })
  // Whatever else is wrong, all of it is told at once.
  .superRefine(reportContradictions, { when: () => true })

/** The validated configuration. */
export type Config = z.output<typeof configSchema>
