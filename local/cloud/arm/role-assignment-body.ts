import { z } from 'zod'
import { parseCondition } from './conditions.ts'
import { ArmError, invalidContent } from './errors.ts'
import { type PrincipalType, principalTypes } from './rbac.ts'

const text = z.string().nullish()

const body = z.strictObject({
  properties: z.strictObject({
    roleDefinitionId: z.string(),
    principalId: z.string(),
    principalType: z.enum(principalTypes).nullish(),
    description: text,
    condition: text,
    conditionVersion: text,
  }),
})

/** What a create asks for; ids are lower-case. */
export interface RequestedAssignment {
  readonly roleId: string
  readonly principalId: string
  /** Null where it is left out: then the directory must know the principal. */
  readonly principalType: PrincipalType | null
  readonly description: string | null
  readonly condition: string | null
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ROLE_DEFINITION = /\/providers\/Microsoft\.Authorization\/roleDefinitions\/(?<roleId>[^/]+)$/i

/** The name of an assignment, which must be a GUID. */
export function readName(name: string): string {
  if (GUID.test(name)) return name.toLowerCase()
  throw new ArmError(
    400,
    'InvalidRoleAssignmentId',
    `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
  )
}

/** Reads the body of a create; throws what the service would refuse. */
export function readAssignment(buffer: Buffer): RequestedAssignment {
  const { roleDefinitionId, principalId, principalType, description, condition, conditionVersion } = parse(buffer)
  const roleId = ROLE_DEFINITION.exec(roleDefinitionId)?.groups?.['roleId'] ?? ''
  if (!GUID.test(roleId)) {
    throw new ArmError(400, 'InvalidRoleDefinitionId', `The role definition ID '${roleDefinitionId}' is not valid.`)
  }
  if (!GUID.test(principalId)) {
    throw new ArmError(400, 'InvalidPrincipalId', 'A valid principal ID must be provided for role assignment.')
  }
  if (condition != null) checkCondition(condition, conditionVersion ?? null)
  return {
    roleId: roleId.toLowerCase(),
    principalId: principalId.toLowerCase(),
    principalType: principalType ?? null,
    description: description ?? null,
    condition: condition ?? null,
  }
}

function parse(buffer: Buffer): z.infer<typeof body>['properties'] {
  let json: unknown
  try {
    json = JSON.parse(buffer.toString())
  } catch {
    throw invalidContent('it is not JSON')
  }
  const parsed = body.safeParse(json)
  if (parsed.success) return parsed.data.properties
  const [issue] = parsed.error.issues
  throw invalidContent(`${issue?.message} Path '${issue?.path.join('.')}'`)
}

function checkCondition(condition: string, version: string | null): void {
  if (version !== '2.0') {
    throw new ArmError(400, 'InvalidConditionVersion', 'The condition version must be 2.0 when there is a condition.')
  }
  try {
    parseCondition(condition)
  } catch (error) {
    throw new ArmError(400, 'InvalidCondition', error instanceof Error ? error.message : String(error))
  }
}
