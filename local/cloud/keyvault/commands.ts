import { z } from 'zod'
import { roleIdOf } from '../arm/built-in-roles.ts'
import type { Rbac } from '../arm/rbac.ts'
import { isSameScope } from '../arm/scopes.ts'
import type { CloudService } from '../service.ts'
import type { World } from '../world.ts'
import { renderBundle } from './bundles.ts'
import type { KeyVaultState } from './guard.ts'
import { addVersion, currentVersion, stageOf, type Vault } from './vault-state.ts'

const vaultRoles = ['Key Vault Secrets Officer', 'Key Vault Secrets User', 'Key Vault Reader'] as const

const setRoleInput = z.strictObject({
  vault: z.string(),
  oid: z.guid(),
  role: z.enum(vaultRoles).nullable(),
})

const putInput = z.strictObject({
  vault: z.string(),
  name: z.string(),
  value: z.string(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  enabled: z.boolean().optional(),
  /** Unix seconds. */
  expires: z.int().optional(),
})

const delaysInput = z.strictObject({
  deletingMs: z.number().nonnegative().optional(),
  recoveringMs: z.number().nonnegative().optional(),
  settlingMs: z.number().nonnegative().optional(),
})

const vaultInput = z.strictObject({ vault: z.string().optional() }).optional()

/** Accepts a host name or a URL. */
function findVault(state: KeyVaultState, name: string): Vault {
  const vault = state.vaults.get(name.replace(/^https:\/\//, '').replace(/\/$/, ''))
  if (vault === undefined)
    throw new Error(`no vault ${name}: the local cloud has ${[...state.vaults.keys()].join(', ')}`)
  return vault
}

function selectVaults(state: KeyVaultState, input: unknown): readonly Vault[] {
  const { vault } = vaultInput.parse(input) ?? {}
  return vault === undefined ? [...state.vaults.values()] : [findVault(state, vault)]
}

/** Who has which of the vault's own roles on it, by object id. */
function describeRoles(rbac: Rbac, { resourceId }: Vault): Record<string, string> {
  const names = new Map(vaultRoles.map((role) => [roleIdOf(role), role]))
  return Object.fromEntries(
    [...rbac.assignments.values()]
      .filter(({ scope }) => isSameScope(scope, resourceId))
      .flatMap(({ principalId, roleId }) => {
        const role = names.get(roleId)
        return role === undefined ? [] : [[principalId, role]]
      }),
  )
}

/** Gives the one role on the vault, in place of the others. */
function setRole(rbac: Rbac, { resourceId }: Vault, { oid, role }: z.infer<typeof setRoleInput>): void {
  const replaced = vaultRoles.map(roleIdOf)
  for (const { name, scope, principalId, roleId } of rbac.listFor(oid, resourceId)) {
    if (isSameScope(scope, resourceId) && replaced.includes(roleId)) rbac.unassign(name)
    else if (replaced.includes(roleId)) throw new Error(`${principalId} has its role from ${scope}: take it there`)
  }
  if (role !== null) rbac.assign({ scope: resourceId, principalId: oid, roleId: roleIdOf(role) })
}

/** Everything about a vault but the values. */
function describeVault({ rbac }: World, vault: Vault, now: number): unknown {
  return {
    vault: vault.host,
    roles: describeRoles(rbac, vault),
    secrets: [...vault.secrets.values()].map((secret) => ({
      name: secret.name,
      stage: stageOf(secret, now),
      versions: secret.versions.map((version) => ({
        version: version.version,
        ...renderBundle(vault.host, secret, version, false),
      })),
    })),
  }
}

export function createKeyVaultCommands(state: KeyVaultState): CloudService['commands'] {
  const now = (): number => state.world.clock.now()
  return {
    inspect: (input) => ({
      vaults: selectVaults(state, input).map((vault) => describeVault(state.world, vault, now())),
    }),
    values: (input) => ({
      values: selectVaults(state, input).flatMap((vault) =>
        [...vault.secrets.values()].flatMap(({ name, versions }) =>
          versions.map(({ version, value }) => ({
            vault: vault.host,
            name,
            version,
            value,
          })),
        ),
      ),
    }),
    setRole: (input) => {
      const wanted = setRoleInput.parse(input)
      const vault = findVault(state, wanted.vault)
      setRole(state.world.rbac, vault, wanted)
      return { roles: describeRoles(state.world.rbac, vault) }
    },
    put: (input) => {
      const { vault, name, value, contentType, tags, enabled, expires } = putInput.parse(input)
      const attributes = { enabled, exp: expires }
      const secret = addVersion(findVault(state, vault), name, value, { contentType, tags, attributes }, now())
      return { name: secret.name, version: currentVersion(secret).version }
    },
    delays: (input) => {
      const { deletingMs, recoveringMs, settlingMs } = delaysInput.parse(input)
      if (deletingMs !== undefined) state.delays.deletingMs = deletingMs
      if (recoveringMs !== undefined) state.delays.recoveringMs = recoveringMs
      if (settlingMs !== undefined) state.delays.settlingMs = settlingMs
      return state.delays
    },
  }
}
