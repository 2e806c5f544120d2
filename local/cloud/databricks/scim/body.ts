import { z } from 'zod'
import type { CloudRequest } from '../../service.ts'
import { invalidValue, schemaViolation, scimError } from '../errors.ts'

const contentTypes = ['application/json', 'application/scim+json']

/** Parses a JSON body of one of the two content types the service takes. */
export function readJson(request: CloudRequest): unknown {
  const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!contentTypes.includes(contentType)) throw scimError(415, `Unsupported content type: ${contentType}`)
  try {
    return JSON.parse(request.body.toString())
  } catch {
    throw schemaViolation('invalidSyntax')
  }
}

/** Parses by a schema; a misfit is the service's one text for all of them, with the misfit's name as its type. */
export function parseResource<T>(schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw schemaViolation(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

/** An entry of a many-valued attribute; entries without a value are sent by some clients and mean nothing. */
const complexValue = z.looseObject({ value: z.string().optional() })

const values = z
  .array(complexValue)
  .nullish()
  .transform((entries) => entries?.map(({ value }) => value).filter((value) => value !== undefined) ?? null)

const common = {
  schemas: z.array(z.string()).optional(),
  id: z.string().optional(),
  meta: z.unknown().optional(),
  displayName: z.string().nullish(),
  externalId: z.string().nullish(),
  entitlements: values,
  roles: values,
  groups: values,
}

export const servicePrincipalBody = z.strictObject({
  ...common,
  applicationId: z.string().nullish(),
  active: z.boolean().nullish(),
})

export const groupBody = z.strictObject({ ...common, members: values })

const EXTERNAL_ID_LIMIT = 64

const knownEntitlements = [
  'workspace-access',
  'databricks-sql-access',
  'allow-cluster-create',
  'allow-instance-pool-create',
  'workspace-consume',
]

export function checkSchema(schemas: readonly string[] | undefined, required: string): void {
  if (schemas !== undefined && !schemas.includes(required)) throw schemaViolation('invalidSyntax')
}

export function checkExternalId(externalId: string | null): void {
  if (externalId !== null && externalId.length > EXTERNAL_ID_LIMIT) {
    throw invalidValue(`externalId must not be longer than ${EXTERNAL_ID_LIMIT} characters`)
  }
}

export function checkEntitlements(entitlements: readonly string[]): void {
  const unknown = entitlements.find((entitlement) => !knownEntitlements.includes(entitlement))
  if (unknown !== undefined) throw invalidValue(`Entitlement ${unknown} is not supported`)
  const consumes = entitlements.includes('workspace-consume')
  if (consumes && (entitlements.includes('workspace-access') || entitlements.includes('databricks-sql-access'))) {
    throw invalidValue('workspace-consume cannot be combined with workspace-access or databricks-sql-access')
  }
}
