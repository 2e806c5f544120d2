import { nameRole, readRoleId } from '../../platform/azure-roles.ts'
import { StewardError } from '../../platform/errors.ts'
import { waitForPropagation } from '../../platform/propagation.ts'
import { roleAssignmentDescription } from '../../trust/marks.ts'
import { findAssignment, nameRoleAssignment, type RoleWish } from '../decide-role-assignments.ts'
import type { OnboardingRequest } from '../request.ts'
import type { ApplyContext, Change, PlanContext, Step } from '../step.ts'

/** Resource Manager learns of a new service principal within minutes. */
const PRINCIPAL_BOUND_MS = 55_000

/** The principal has its roles on the Azure Machine Learning workspace and registry. */
export const roleAssignmentsStep: Step = {
  name: 'role-assignments',
  needs: ['application'],
  sees: [],
  provides: ['role-assignments'],
  isWanted: ({ machineLearning }) => machineLearning !== undefined,
  plan: async (context) => {
    const wishes = roleWishesOf(context.request)
    const scopes = [...new Set(wishes.map(({ scope }) => scope))]
    const [principal] = await Promise.all([context.sighting('service-principal'), requireResources(context)])
    const held = principal
      ? (
          await Promise.all(
            scopes.map((scope) => context.services.arm.listRoleAssignments(scope, { principalId: principal.objectId })),
          )
        ).flat()
      : []
    const missing = principal
      ? wishes.filter((wish) => findAssignment(wish, principal.objectId, held) === undefined)
      : wishes
    const changes = missing.map((wish): Change => ({ action: 'create', target: describeRole(wish), reason: 'missing' }))
    return {
      changes,
      apply: async (apply) => {
        const { objectId } = await apply.fact('service-principal')
        await Promise.all(missing.map((wish) => assign(context, wish, objectId, apply)))
        apply.provide('role-assignments', {
          assignments: wishes.map((wish) => ({
            scope: wish.scope,
            role: nameRole(wish.roleId),
            name: findAssignment(wish, objectId, held)?.name ?? nameRoleAssignment(wish, objectId),
          })),
        })
      },
    }
  },
}

/** Every role that the request asks for, on which resource. */
export function roleWishesOf({ machineLearning }: OnboardingRequest): RoleWish[] {
  const list = (scope: string | undefined, roles: readonly string[]): RoleWish[] =>
    scope === undefined ? [] : roles.map((role) => ({ scope, roleId: readRoleId(role) ?? role }))
  return machineLearning
    ? [
        ...list(machineLearning.workspace, machineLearning.roles),
        ...list(machineLearning.registry, machineLearning.registryRoles),
      ]
    : []
}

/** For people: `role Reader on mlw-prod`. */
export function describeRole({ scope, roleId }: RoleWish): string {
  return `role ${nameRole(roleId)} on ${scope.split('/').at(-1)}`
}

async function requireResources({ request: { machineLearning }, services }: PlanContext): Promise<void> {
  const { workspace, registry } = machineLearning ?? {}
  const [foundWorkspace, foundRegistry] = await Promise.all([
    workspace === undefined ? true : services.machineLearning.getWorkspace(workspace),
    registry === undefined ? true : services.machineLearning.getRegistry(registry),
  ])
  const issues = [
    ...(foundWorkspace ? [] : [{ path: 'machineLearning.workspace', message: `there is no workspace ${workspace}` }]),
    ...(foundRegistry ? [] : [{ path: 'machineLearning.registry', message: `there is no registry ${registry}` }]),
  ]
  if (issues.length === 0) return
  throw new StewardError('not-found', 'Azure Machine Learning does not have this. Check the resource id.', { issues })
}

async function assign(
  { services, patience, owner }: PlanContext,
  wish: RoleWish,
  principalId: string,
  { guard }: ApplyContext,
): Promise<void> {
  const { scope, roleId } = wish
  const name = nameRoleAssignment(wish, principalId)
  await waitForPropagation({
    subject: `The ${describeRole(wish)}`,
    patience,
    boundMs: PRINCIPAL_BOUND_MS,
    attempt: async () => {
      guard()
      const outcome = await services.arm.createRoleAssignment(scope, name, {
        roleId,
        principalId,
        description: roleAssignmentDescription(owner),
      })
      if (outcome === 'principal-not-there') return undefined
      if (outcome !== 'already-exists') return outcome
      // Somebody else gave the same role under another name: as good as ours, once it is seen.
      return findAssignment(wish, principalId, await services.arm.listRoleAssignments(scope, { principalId }))
    },
  })
}
