import type { CloudResponse } from '../service.ts'

/** A refusal in Resource Manager's own shape. */
export class ArmError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export function toResponse({ status, code, message, headers }: ArmError): CloudResponse {
  return { status, headers, body: { error: { code, message } } }
}

export function invalidContent(message: string): ArmError {
  return new ArmError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${message}'.`,
  )
}

export function roleAssignmentNotFound(name: string): ArmError {
  return new ArmError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`)
}

/** A role that is looked up is not found; an assignment that names one is a bad request. */
export function roleDefinitionDoesNotExist(status: 400 | 404, roleId: string): ArmError {
  return new ArmError(
    status,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${roleId}' does not exist.`,
  )
}

export function principalNotFound(principalId: string, tenantId: string): ArmError {
  const write = (guid: string): string => guid.replaceAll('-', '')
  return new ArmError(
    400,
    'PrincipalNotFound',
    `Principal ${write(principalId)} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
  )
}
