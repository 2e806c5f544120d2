import { nameRole } from '../platform/azure-roles.ts'
import type { Config } from '../platform/config-schema.ts'
import { StewardError } from '../platform/errors.ts'
import { readRoleAssignmentDescription } from '../trust/marks.ts'
import type { OnboardingServices } from './step.ts'

/** One role that somebody has on a resource, there or by inheritance. */
export interface Access {
  /** Object id of a user, group or service principal. */
  readonly principalId: string
  readonly principalType: string | null
  readonly role: string
  readonly roleId: string
  /** Where it was given: the resource itself, or what is above it. */
  readonly scope: string
  readonly isInherited: boolean
  /** Name of the onboarding that gave it; null when Steward did not. */
  readonly onboarding: string | null
}

/** Who has which role on a workspace or registry. Throws `not-allowed` for one that the configuration does not list. */
export async function listAccess(
  { config, services }: { readonly config: Config; readonly services: Pick<OnboardingServices, 'arm'> },
  resourceId: string,
): Promise<Access[]> {
  const { workspaces = [], registries = [] } = config.machineLearning ?? {}
  const known = [...workspaces, ...registries].find((id) => id.toLowerCase() === resourceId.toLowerCase())
  if (known === undefined) {
    throw new StewardError('not-allowed', 'Steward looks only at what the configuration lists.', {
      issues: [
        {
          path: 'workspace',
          message: `"${resourceId}" is in neither machineLearning.workspaces nor machineLearning.registries of steward.yaml`,
        },
      ],
    })
  }
  const [assignments, definitions] = await Promise.all([
    services.arm.listRoleAssignments(known, 'everybody'),
    services.arm.listRoleDefinitions(known),
  ])
  const names = new Map(definitions.map(({ roleId, roleName }) => [roleId, roleName]))
  return assignments.map(({ principalId, principalType, roleId, scope, description }) => {
    const owner = readRoleAssignmentDescription(description)
    return {
      principalId,
      principalType,
      role: names.get(roleId) ?? nameRole(roleId),
      roleId,
      scope,
      isInherited: scope.toLowerCase() !== known.toLowerCase(),
      onboarding: owner?.instance === config.instance ? owner.name : null,
    }
  })
}
