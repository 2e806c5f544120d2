import { z } from 'zod'
import { ENTITLEMENTS } from '../platform/config-schema.ts'
import { StewardError } from '../platform/errors.ts'
import { toIssues } from '../platform/zod-issues.ts'
import type { Wishes } from '../trust/allow-lists.ts'

const origin = z
  .string()
  .regex(/^https:\/\/[a-z0-9.-]+$/, 'must be an origin: https://, lower case, no path, no trailing slash')

const displayName = z.string().trim().min(1).max(120).describe('Name that people see.')

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

const clientSecret = z.strictObject({
  vault: origin.describe('Key Vault that the secret goes to.'),
  secretName: z.string().regex(/^[0-9a-zA-Z-]{1,127}$/, 'must be 1 to 127 letters, digits and dashes'),
  lifetimeDays: z.int().min(1).max(730).default(180).describe('Life of the client secret, in days.'),
})

const databricks = z.strictObject({
  workspace: origin.describe('The workspace.'),
  entitlements: z.array(z.enum(ENTITLEMENTS)).default([]).describe('Entitlements that the principal shall have.'),
  groups: z.array(z.string().min(1).max(255)).default([]).describe('Groups that the principal shall be in.'),
  servicePrincipalId: z
    .string()
    .regex(/^\d{1,19}$/, 'must be the numeric id of the workspace principal')
    .optional()
    .describe('Numeric id of a workspace principal that exists already; needs adopt.'),
  adopt: z
    .boolean()
    .default(false)
    .describe('Consent to take over the workspace principal named by servicePrincipalId.'),
})

/** Body of `POST /onboardings` and of every step: only the sections that are wanted. */
const onboardingRequestSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2 to 40 lower-case letters, digits and dashes, a letter first')
      .describe(
        'Name of the onboarding: it is part of the ownership marks, and stays the same for the life of the principal.',
      ),
    servicePrincipal: z.discriminatedUnion('kind', [entraPrincipal, databricksPrincipal]),
    clientSecret: clientSecret.optional(),
    databricks: databricks.optional(),
  })
  .superRefine(({ servicePrincipal, clientSecret: secret, databricks: section }, context) => {
    const report = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (servicePrincipal.kind === 'databricks') {
      if (secret)
        report(['clientSecret'], 'is only for kind "entra": a Databricks-managed principal has no app registration')
      if (!section) report(['databricks'], 'is needed for kind "databricks": the principal is made in a workspace')
    } else if (servicePrincipal.adopt !== (servicePrincipal.clientId !== undefined)) {
      report(['servicePrincipal', 'adopt'], 'and clientId go together: adopting needs both')
    }
    if (!section) return
    if (section.adopt !== (section.servicePrincipalId !== undefined)) {
      report(['databricks', 'adopt'], 'and servicePrincipalId go together: adopting needs both')
    }
    if (section.entitlements.includes('workspace-consume') && section.entitlements.length > 1) {
      report(['databricks', 'entitlements'], '"workspace-consume" stands alone: Databricks refuses it beside others')
    }
    for (const key of ['entitlements', 'groups'] as const) {
      if (new Set(section[key]).size < section[key].length) report(['databricks', key], 'names something twice')
    }
  })

export type OnboardingRequest = z.output<typeof onboardingRequestSchema>

/** Parses a request. Throws `invalid-request` with every issue and its path. */
export function parseOnboardingRequest(body: unknown): OnboardingRequest {
  const parsed = onboardingRequestSchema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new StewardError('invalid-request', 'The request is not valid; nothing was changed.', {
    issues: toIssues(parsed.error),
  })
}

/** What the configuration must allow before anything is looked at. */
export function wishesOf({ clientSecret: secret, databricks: section }: OnboardingRequest): Wishes {
  const list = (values: readonly string[], path: string) =>
    values.map((value, index) => ({ value, path: `${path}[${index}]` }))
  return {
    vaults: secret ? [{ value: secret.vault, path: 'clientSecret.vault' }] : [],
    workspaces: section ? [{ value: section.workspace, path: 'databricks.workspace' }] : [],
    entitlements: list(section?.entitlements ?? [], 'databricks.entitlements'),
    groups: list(section?.groups ?? [], 'databricks.groups'),
  }
}

/** Whether anything is to be taken over that Steward did not make; only an Admin may ask for that. */
export function asksToAdopt({ servicePrincipal, databricks: section }: OnboardingRequest): boolean {
  return (servicePrincipal.kind === 'entra' && servicePrincipal.adopt) || section?.adopt === true
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
  if (secret) keys.push(`secret/${new URL(secret.vault).hostname}/${secret.secretName.toLowerCase()}`)
  return keys.sort()
}
