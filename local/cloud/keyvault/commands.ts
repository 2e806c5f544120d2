import { z } from 'zod'
import type { CloudService } from '../service.ts'
import { renderBundle } from './bundles.ts'
import type { KeyVaultState } from './guard.ts'
import { addVersion, currentVersion, stageOf, type Vault } from './vault-state.ts'

const setRoleInput = z.strictObject({
  vault: z.string(),
  oid: z.guid(),
  role: z.enum(['Key Vault Secrets Officer', 'Key Vault Secrets User', 'Key Vault Reader']).nullable(),
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

/** Everything about a vault but the values. */
function describeVault(vault: Vault, now: number): unknown {
  return {
    vault: vault.host,
    roles: Object.fromEntries(vault.roles),
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
      vaults: selectVaults(state, input).map((vault) => describeVault(vault, now())),
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
      const { vault, oid, role } = setRoleInput.parse(input)
      const { roles } = findVault(state, vault)
      if (role === null) roles.delete(oid)
      else roles.set(oid, role)
      return { roles: Object.fromEntries(roles) }
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
