import { z } from 'zod'
import { ROLE_NAMES, readRoleId } from '../platform/azure-roles.ts'
import { ENTITLEMENTS, onboardingName } from '../platform/config-schema.ts'
import { policyFields } from '../platform/rotation-policy.ts'

const origin = z
  .string()
  .regex(/^https:\/\/[a-z0-9.-]+$/, 'must be an origin: https://, lower case, no path, no trailing slash')

/** A name as people write it, without characters that nobody sees. */
const visibleName = z
  .string()
  .trim()
  .min(1)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u, 'must have no control, format or surrogate characters')

const displayName = visibleName.max(120).describe('Name that people see.')

const entraPrincipal = z.strictObject({
  kind: z.literal('entra'),
  displayName,
  clientId: z
    .guid()
    .toLowerCase()
    .optional()
    .describe('Client id of an app registration that exists already; needs adopt.'),
  adopt: z
    .boolean()
    .default(false)
    .describe('Consent to use the app registration named by clientId although Steward did not make it.'),
})

const databricksPrincipal = z.strictObject({
  kind: z.literal('databricks'),
  displayName,
})

const { lifetimeDays: tokenLifetimeDays, ...policyRest } = policyFields

const policy = z
  .strictObject({
    renewBeforeDays: policyRest.renewBeforeDays.exactOptional(),
    graceHours: policyRest.graceHours.exactOptional(),
    whenStillUsed: policyRest.whenStillUsed.exactOptional(),
    maxWaitHours: policyRest.maxWaitHours.exactOptional(),
  })
  .optional()
  .describe('How it is rotated, where that differs from the configuration.')

const secretName = z.string().regex(/^[0-9a-zA-Z-]{1,127}$/, 'must be 1 to 127 letters, digits and dashes')

const clientSecret = z.strictObject({
  vault: origin.describe('Key Vault that the secret goes to.'),
  secretName: secretName.describe('Name of the secret in the vault, and of its copy in a scope.'),
  lifetimeDays: z.int().min(1).max(730).default(180).describe('Life of the client secret, in days.'),
  policy,
})

const accessToken = z.strictObject({
  vault: origin.describe('Key Vault that the token goes to.'),
  secretName: secretName.describe('Name of the secret in the vault, and of its copy in a scope.'),
  lifetimeDays: tokenLifetimeDays
    .optional()
    .describe('Life of each token, in days; rotation.lifetimeDays of the configuration when left out.'),
  policy,
  signIn: z
    .enum(['federated-identity', 'client-secret'])
    .default('federated-identity')
    .describe(
      "How Steward acts as the principal of kind entra when it makes a token: its own identity as the application's federated credential, or the client secret of this request.",
    ),
  tokenId: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/, 'must be the id of a token')
    .optional()
    .describe('Id of the token that the vault secret holds already; needs adopt.'),
  adopt: z
    .boolean()
    .default(false)
    .describe(
      'Consent to rotate, and to revoke, the token named by tokenId, which is in the vault secret although Steward did not put it there.',
    ),
})

const secretScope = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,79}$/, 'must be 1 to 80 letters, digits, dots, dashes, underscores and @')
    .describe(
      'Name of the scope, behind the prefix of the configuration: the name of the onboarding, or that followed by a dot, an underscore or @ and more.',
    ),
  backend: z
    .enum(['databricks', 'key-vault'])
    .default('databricks')
    .describe(
      "Where its secrets are: copies in Azure Databricks of this principal's secrets only, or all of a Key Vault that is dedicated to this onboarding.",
    ),
  vault: origin.optional().describe('The Key Vault, for the backend key-vault.'),
  permission: z.literal('READ').default('READ').describe('What the principal may do there.'),
})

const job = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,98}[A-Za-z0-9]$/,
      'must be 2 to 100 letters, digits, spaces, dots, dashes and underscores',
    )
    .describe('Name of the job, and of its notebook in the folder of this onboarding.'),
  storageAccount: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, 'must be the name of a storage account')
    .describe('Storage account that the job reads as the principal, through the five Spark settings for OAuth.'),
  readPath: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\/[^`\\${}\p{Cc}]{1,500}$/u,
      'must be <container>/<path>, without backticks, backslashes, dollar signs and braces',
    )
    .optional()
    .describe(
      'What the notebook reads in the storage account: a container, a slash and a path. SELECT 1 when left out.',
    ),
  managers: z
    .array(visibleName.max(255))
    .max(20)
    .default([])
    .describe('Groups that may manage the job, and through it act as the principal.'),
  run: z.boolean().default(false).describe('Whether to run the job and wait for its result.'),
})

const databricks = z.strictObject({
  workspace: origin.describe('The workspace.'),
  entitlements: z
    .array(z.enum(ENTITLEMENTS))
    .max(ENTITLEMENTS.length)
    .default([])
    .describe('Entitlements that the principal shall have.'),
  groups: z.array(visibleName.max(255)).max(50).default([]).describe('Groups that the principal shall be in.'),
  servicePrincipalId: z
    .string()
    .regex(/^\d{1,19}$/, 'must be the numeric id of the workspace principal')
    .optional()
    .describe('Numeric id of a workspace principal that exists already; needs adopt.'),
  adopt: z
    .boolean()
    .default(false)
    .describe('Consent to take over the workspace principal named by servicePrincipalId.'),
  accessToken: accessToken.optional().describe("A personal access token of the principal's own, in Key Vault."),
  secretScope: secretScope.optional().describe('A secret scope that the principal may read.'),
  job: job.optional().describe('A job that the principal owns; needs clientSecret and secretScope.'),
})

const resource = (type: string) =>
  z
    .string()
    .regex(
      new RegExp(
        `^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft\\.MachineLearningServices/${type}/[^/]+$`,
        'i',
      ),
      `must be the resource id of one of the Azure Machine Learning ${type}`,
    )

const roles = z
  .array(
    z
      .string()
      .max(100)
      .refine((text) => readRoleId(text) !== undefined, `must be the id of a role, or one of ${ROLE_NAMES.join(', ')}`),
  )
  .max(20)
  .default([])

const machineLearning = z.strictObject({
  workspace: resource('workspaces').optional().describe('Resource id of the workspace.'),
  roles: roles.describe('Roles of the principal on the workspace, by name or id.'),
  registry: resource('registries').optional().describe('Resource id of a registry.'),
  registryRoles: roles.describe('Roles of the principal on the registry, by name or id.'),
})

/** Body of `POST /onboardings` and of every step: only the sections that are wanted. */
export const onboardingRequestSchema = z.strictObject({
  name: onboardingName.describe(
    'Name of the onboarding: it is part of the ownership marks, and stays the same for the life of the principal.',
  ),
  servicePrincipal: z
    .discriminatedUnion('kind', [entraPrincipal, databricksPrincipal])
    .describe('Whom all of it is for; one of two kinds.'),
  clientSecret: clientSecret.optional().describe('A client secret in Key Vault.'),
  databricks: databricks.optional().describe('What it gets in an Azure Databricks workspace.'),
  machineLearning: machineLearning.optional().describe('Its roles on Azure Machine Learning.'),
})

export type OnboardingRequest = z.output<typeof onboardingRequestSchema>
