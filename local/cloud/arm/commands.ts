import { z } from 'zod'
import { secretPermissions, type Vault } from '../keyvault/vault-state.ts'
import type { CloudService } from '../service.ts'
import { findRole, roleIdOf } from './built-in-roles.ts'
import { parseCondition } from './conditions.ts'
import type { ArmState } from './guard.ts'
import { principalTypes, type RoleAssignment } from './rbac.ts'
import { listResources } from './resources.ts'
import { isSameScope } from './scopes.ts'
import { limitGrants } from './seeds.ts'

/** A scope may be given as the name or host of a resource, a role by name or id. */
const target = { scope: z.string(), principalId: z.guid(), role: z.string() }

const inputs = {
  assign: z.strictObject({
    ...target,
    name: z.guid().optional(),
    principalType: z.enum(principalTypes).optional(),
    description: z.string().optional(),
    condition: z.string().optional(),
  }),
  unassign: z.union([z.strictObject({ name: z.guid() }), z.strictObject(target)]),
  setVaultRbac: z.strictObject({
    vault: z.string(),
    usesRbac: z.boolean(),
    /** Replaces the policies; where absent, the managed identity gets all permissions if there are no policies yet. */
    accessPolicies: z.array(z.strictObject({ oid: z.guid(), secrets: z.array(z.enum(secretPermissions)) })).optional(),
  }),
  lag: z.strictObject({ principalMs: z.number().nonnegative() }),
  repeatedCreate: z.strictObject({ answer: z.enum(['ok', 'conflict']) }),
  /** `roles` are those that may be granted, to service principals only; null takes the condition away. */
  setCondition: z.strictObject({
    principalId: z.guid(),
    scope: z.string().optional(),
    condition: z.union([z.string(), z.strictObject({ roles: z.array(z.string()) })]).nullable(),
  }),
}

function findScope({ world: { settings } }: ArmState, scope: string): string {
  if (scope.startsWith('/')) return scope
  const found = listResources(settings).find(({ name, host }) => name === scope || host === scope)
  if (found === undefined) throw new Error(`the local Azure has no resource ${scope}`)
  return found.id
}

function findVault(state: ArmState, name: string): Vault {
  const id = findScope(state, name.replace(/^https:\/\//, '').replace(/\/$/, ''))
  const vault = [...state.world.vaults.values()].find(({ resourceId }) => isSameScope(resourceId, id))
  if (vault === undefined) throw new Error(`${name} is no vault`)
  return vault
}

/** Names and ids of all built-in roles will do, also of those that are not known here. */
function readRole(role: string): string {
  return /^[0-9a-f-]{36}$/i.test(role) ? role : roleIdOf(role)
}

function describeAssignment(assignment: RoleAssignment): unknown {
  return { ...assignment, roleName: findRole(assignment.roleId)?.roleName ?? null }
}

function describeVault({ host, resourceId, usesRbac, accessPolicies }: Vault): unknown {
  const policies = [...accessPolicies].map(([oid, secrets]) => ({ oid, secrets: [...secrets] }))
  return { vault: host, resourceId, usesRbac, accessPolicies: policies }
}

function unassign(state: ArmState, input: unknown): unknown {
  const { rbac } = state.world
  const wanted = inputs.unassign.parse(input)
  const found =
    'name' in wanted
      ? rbac.assignments.get(wanted.name.toLowerCase())
      : rbac
          .listFor(wanted.principalId, findScope(state, wanted.scope))
          .find(
            ({ scope, roleId }) =>
              isSameScope(scope, findScope(state, wanted.scope)) && roleId === readRole(wanted.role).toLowerCase(),
          )
  if (found === undefined) throw new Error('there is no such role assignment')
  rbac.unassign(found.name)
  return describeAssignment(found)
}

function setCondition(state: ArmState, input: unknown): unknown {
  const { principalId, scope, condition } = inputs.setCondition.parse(input)
  const { rbac } = state.world
  const text =
    condition === null || typeof condition === 'string' ? condition : limitGrants(condition.roles.map(readRole))
  if (text !== null) parseCondition(text)
  const where = scope === undefined ? null : findScope(state, scope)
  const changed = [...rbac.assignments.values()].filter(
    (assignment) =>
      assignment.principalId === principalId.toLowerCase() &&
      assignment.roleId === roleIdOf('Role Based Access Control Administrator') &&
      (where === null || isSameScope(assignment.scope, where)),
  )
  for (const assignment of changed) rbac.assign({ ...assignment, condition: text })
  return { changed: changed.length }
}

function setVaultRbac(state: ArmState, input: unknown): unknown {
  const wanted = inputs.setVaultRbac.parse(input)
  const vault = findVault(state, wanted.vault)
  const everything = { oid: state.world.settings.identity.objectId, secrets: [...secretPermissions] }
  const policies = wanted.accessPolicies ?? (vault.accessPolicies.size === 0 ? [everything] : null)
  vault.usesRbac = wanted.usesRbac
  if (policies !== null && !wanted.usesRbac) {
    vault.accessPolicies.clear()
    for (const { oid, secrets } of policies) vault.accessPolicies.set(oid, new Set(secrets))
  }
  return describeVault(vault)
}

function reset(state: ArmState): void {
  state.world.rbac.reset()
  state.lag.principalMs = 0
  state.repeatedCreate = 'ok'
  for (const vault of state.world.vaults.values()) {
    vault.usesRbac = true
    vault.accessPolicies.clear()
  }
}

export function createArmCommands(state: ArmState): CloudService['commands'] {
  const { world } = state
  return {
    inspect: () => ({
      resources: listResources(world.settings),
      assignments: [...world.rbac.assignments.values()].map(describeAssignment),
      vaults: [...world.vaults.values()].map(describeVault),
    }),
    assign: (input) => {
      const { role, scope, name, principalType, ...rest } = inputs.assign.parse(input)
      const now = world.clock.now()
      return describeAssignment(
        world.rbac.assign({
          principalId: rest.principalId,
          scope: findScope(state, scope),
          roleId: readRole(role),
          description: rest.description ?? null,
          condition: rest.condition ?? null,
          createdAt: now,
          updatedAt: now,
          ...(name !== undefined && { name }),
          ...(principalType !== undefined && { principalType }),
        }),
      )
    },
    unassign: (input) => unassign(state, input),
    setCondition: (input) => setCondition(state, input),
    setVaultRbac: (input) => setVaultRbac(state, input),
    lag: (input) => {
      state.lag.principalMs = inputs.lag.parse(input).principalMs
      return state.lag
    },
    repeatedCreate: (input) => {
      state.repeatedCreate = inputs.repeatedCreate.parse(input).answer
      return { answer: state.repeatedCreate }
    },
    reset: () => {
      reset(state)
      return {}
    },
  }
}
