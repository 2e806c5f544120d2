import { z } from 'zod'
import { ENTITLEMENTS } from '../platform/config-schema.ts'
import { type Issue, StewardError } from '../platform/errors.ts'
import { toIssues } from '../platform/zod-issues.ts'
import type { Wishes } from '../trust/allow-lists.ts'

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

const clientSecret = z.strictObject({
  vault: origin.describe('Key Vault that the secret goes to.'),
  secretName: z.string().regex(/^[0-9a-zA-Z-]{1,127}$/, 'must be 1 to 127 letters, digits and dashes'),
  lifetimeDays: z.int().min(1).max(730).default(180).describe('Life of the client secret, in days.'),
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
})

/** Body of `POST /onboardings` and of every step: only the sections that are wanted. */
const onboardingRequestSchema = z.strictObject({
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

/** What holds between fields, read from a request that may be wrong anywhere else; null for what cannot be judged. */
const adoptOutline = z.boolean().default(false).nullable().catch(null)
const namesOutline = z.array(z.string()).default([]).catch([])
const outline = z
  .object({
    servicePrincipal: z
      .object({ kind: z.string(), clientId: z.unknown().optional(), adopt: adoptOutline })
      .nullable()
      .catch(null),
    clientSecret: z.unknown().optional(),
    databricks: z.unknown().optional(),
  })
  .nullable()
  .catch(null)
const sectionOutline = z
  .object({
    servicePrincipalId: z.unknown().optional(),
    adopt: adoptOutline,
    entitlements: namesOutline,
    groups: namesOutline,
  })
  .nullable()
  .catch(null)

function findContradictions(request: unknown): Issue[] {
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
    const names = section[key].map((name) => name.trim().toLowerCase())
    if (new Set(names).size < names.length) report(`databricks.${key}`, 'names something twice')
  }
  return issues
}

function contradicts(adopts: boolean | null, id: unknown): boolean {
  return adopts !== null && adopts !== (id !== undefined)
}

export type OnboardingRequest = z.output<typeof onboardingRequestSchema>

/** Parses a request. Throws `invalid-request` with every issue and its path. */
export function parseOnboardingRequest(body: unknown): OnboardingRequest {
  const parsed = onboardingRequestSchema.safeParse(body)
  const contradictions = findContradictions(body)
  if (parsed.success && contradictions.length === 0) return parsed.data
  const issues = [...(parsed.error ? toIssues(parsed.error) : []), ...contradictions]
  throw new StewardError('invalid-request', 'The request is not valid; nothing was changed.', { issues })
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
