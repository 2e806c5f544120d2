import { z } from 'zod'
import { resourceIdOfHost } from '../../arm/resources.ts'
import type { World } from '../../world.ts'
import type { Workspace } from '../workspace-state.ts'
import { addScope, findScope, setAcl } from './scope-state.ts'
import { aclPermissions, type SecretScope } from './secret-scope.ts'

const acl = z.strictObject({ principal: z.string(), permission: z.enum(aclPermissions) })

/** Nothing is checked: neither rights nor whether the principals are there. */
export const seedSecretThing = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('SecretScope'),
    name: z.string(),
    /** Host of the vault that the scope stands on; Databricks keeps the secrets where absent. */
    vault: z.string().optional(),
    acls: z.array(acl).default([]),
  }),
  z.strictObject({ kind: z.literal('Secret'), scope: z.string(), key: z.string(), value: z.string() }),
  z.strictObject({ kind: z.literal('SecretAcl'), scope: z.string(), ...acl.shape }),
])

type SecretSeed = z.infer<typeof seedSecretThing>

function requireScope(workspace: Workspace, name: string): SecretScope {
  const scope = findScope(workspace, name)
  if (scope === undefined) throw new Error(`no secret scope ${name} in ${workspace.host}`)
  return scope
}

/** Puts a scope, a secret or an ACL in place, replacing one of the same name, and gives that name. */
export function seedSecrets(world: World, workspace: Workspace, seed: SecretSeed): string {
  switch (seed.kind) {
    case 'SecretScope': {
      const { name, vault, acls } = seed
      addScope(
        workspace,
        vault === undefined
          ? { backend: 'DATABRICKS', name, acls, secrets: new Map() }
          : {
              backend: 'AZURE_KEYVAULT',
              name,
              acls,
              resourceId: resourceIdOfHost(world.settings, vault),
              dnsName: `https://${vault}/`,
            },
      )
      return name
    }
    case 'Secret': {
      const { scope: name, key, value } = seed
      const scope = requireScope(workspace, name)
      if (scope.backend !== 'DATABRICKS') throw new Error(`the secrets of ${name} are in a vault: put it there`)
      scope.secrets.set(key.toLowerCase(), { key, value: Buffer.from(value), updatedAt: world.clock.now() })
      return key
    }
    case 'SecretAcl':
      setAcl(requireScope(workspace, seed.scope), seed.principal, seed.permission)
      return seed.principal
  }
}
