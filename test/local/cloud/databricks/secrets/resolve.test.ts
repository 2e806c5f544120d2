import { beforeEach, describe, expect, it } from 'vitest'
import type { DatabricksState } from '../../../../../local/cloud/databricks/guard.ts'
import { resolveSecret } from '../../../../../local/cloud/databricks/secrets/resolve.ts'
import { findScope, setAcl } from '../../../../../local/cloud/databricks/secrets/scope-state.ts'
import { seedSecrets } from '../../../../../local/cloud/databricks/secrets/seed.ts'
import {
  createWorkspace,
  findGroupByName,
  seedGroup,
  seedPrincipal,
  type Workspace,
} from '../../../../../local/cloud/databricks/workspace-state.ts'
import { createKeyVaultService } from '../../../../../local/cloud/keyvault/service.ts'
import { type ArmClient, createArmClient } from '../../arm/arm-client.ts'
import { command, STRANGER, WORKSPACE } from '../../pretend-world.ts'

const VAULT = 'kv-etl-prod.vault.azure.net'
const READER = STRANGER.clientId

let arm: ArmClient
let state: DatabricksState
let workspace: Workspace
let principalId: string

beforeEach(() => {
  arm = createArmClient()
  const replication = { lagMs: 0 }
  workspace = createWorkspace(arm.world, WORKSPACE, replication)
  state = { world: arm.world, workspaces: new Map([[WORKSPACE, workspace]]), replication }
  principalId = seedPrincipal(workspace, { applicationId: READER }).id
  seedSecrets(arm.world, workspace, { kind: 'SecretScope', name: 'etl', acls: [] })
  seedSecrets(arm.world, workspace, { kind: 'Secret', scope: 'etl', key: 'password', value: 'canary' })
  seedSecrets(arm.world, workspace, { kind: 'SecretScope', name: 'vault', vault: VAULT, acls: [] })
  command(createKeyVaultService(arm.world), 'put', { vault: VAULT, name: 'password', value: 'canary' })
})

function resolve(scope = 'etl', key = 'password') {
  return resolveSecret(state, workspace, { scope, key, applicationId: READER })
}

function allow(principal: string, name = 'etl'): void {
  const scope = findScope(workspace, name)
  if (scope !== undefined) setAcl(scope, principal, 'READ')
}

const denied = {
  kind: 'refused',
  message: `PERMISSION_DENIED: User ${READER} does not have READ permission on scope etl.`,
}

describe('a secret that a cluster asks for when it starts', () => {
  it('is read with the ACL of whom it runs as, of no other, not even of the admins', () => {
    allow('77777777-7777-7777-7777-777777777777')
    expect(resolve()).toEqual(denied)
    allow(READER.toUpperCase())
    expect(resolve()).toEqual({ kind: 'value', value: 'canary' })
    expect(resolve('ETL', 'PASSWORD')).toEqual({ kind: 'value', value: 'canary' })
  })

  it('is read with the ACL of a group, and by an admin', () => {
    const group = seedGroup(workspace, { displayName: 'team' })
    allow('team')
    expect(resolve()).toEqual(denied)
    workspace.groups.seed(group.id, { ...group, members: [principalId] })
    expect(resolve()).toEqual({ kind: 'value', value: 'canary' })
    workspace.groups.seed(group.id, group)
    const admins = findGroupByName(workspace, 'admins')
    if (admins !== undefined) workspace.groups.seed(admins.id, { ...admins, members: [principalId] })
    expect(resolve()).toEqual({ kind: 'value', value: 'canary' })
  })

  it('may not be there, nor its scope', () => {
    allow(READER)
    expect(resolve('none')).toEqual({
      kind: 'refused',
      message: 'RESOURCE_DOES_NOT_EXIST: Scope none does not exist!',
    })
    expect(resolve('etl', 'none')).toEqual({
      kind: 'refused',
      message: 'RESOURCE_DOES_NOT_EXIST: Secret does not exist with scope: etl and key: none',
    })
  })

  it('comes out of the vault behind the scope, as long as Databricks may look into it', () => {
    expect(resolve('vault')).toMatchObject({ kind: 'refused', message: expect.stringContaining('on scope vault') })
    allow(READER, 'vault')
    expect(resolve('vault')).toEqual({ kind: 'value', value: 'canary' })
    const principals = [...arm.world.directory.servicePrincipals.values()]
    const databricks = principals.find(({ displayName }) => displayName === 'AzureDatabricks')?.objectId
    command(arm.service, 'unassign', { scope: VAULT, principalId: databricks, role: 'Key Vault Secrets User' })
    expect(resolve('vault')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(
        `PERMISSION_DENIED: Invalid permissions on the specified KeyVault https://${VAULT}/`,
      ),
    })
  })
})
