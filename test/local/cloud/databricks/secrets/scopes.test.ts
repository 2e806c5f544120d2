import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import { command, createPretendWorld, STEWARD, STRANGER } from '../../pretend-world.ts'
import { createSend } from '../workspace-client.ts'
import { createSecretCalls, refusal, type SecretCalls } from './secret-client.ts'

let service: CloudService
let secrets: SecretCalls

beforeEach(() => {
  const world = createPretendWorld()
  service = createDatabricksService(world)
  secrets = createSecretCalls(createSend(world, service))
  command(service, 'seed', { resources: [{ kind: 'ServicePrincipal', applicationId: STRANGER.clientId }] })
})

const create = (body: object) => secrets.post('scopes/create', { scope: 'etl', ...body })

describe('secret scopes', () => {
  it('are made once, whatever the case of the name, and kept by Databricks unless told otherwise', async () => {
    expect(await secrets.get('scopes/list')).toEqual({ status: 200, body: {} })
    expect(await create({})).toEqual({ status: 200, body: {} })
    expect(await create({ scope: 'ETL' })).toMatchObject(
      refusal(400, 'RESOURCE_ALREADY_EXISTS', 'Scope ETL already exists!'),
    )
    const listed = await secrets.get('scopes/list', {}, { as: STRANGER })
    expect(listed.body).toEqual({ scopes: [{ name: 'etl', backend_type: 'DATABRICKS' }] })
  })

  it('are managed by their creator alone, or by all users', async () => {
    await secrets.post('scopes/create', { scope: 'own' }, { as: STRANGER })
    expect((await secrets.get('acls/list', { scope: 'own' }, { as: STRANGER })).body).toEqual({
      items: [{ principal: STRANGER.clientId, permission: 'MANAGE' }],
    })
    await create({ initial_manage_principal: 'users' })
    expect((await secrets.get('acls/list', { scope: 'etl' }, { as: STRANGER })).body).toEqual({
      items: [{ principal: 'users', permission: 'MANAGE' }],
    })
    expect(await create({ scope: 'other', initial_manage_principal: 'etl' })).toMatchObject(
      refusal(400, 'BAD_REQUEST', 'Cannot specify etl as initial_manage_principal'),
    )
  })

  it.each([
    ['a name with a space', { scope: 'e t l' }, 'INVALID_PARAMETER_VALUE'],
    ['a name that is too long', { scope: 'x'.repeat(129) }, 'INVALID_PARAMETER_VALUE'],
    ['no vault', { scope_backend_type: 'AZURE_KEYVAULT' }, 'INVALID_PARAMETER_VALUE'],
    [
      'a vault it does not stand on',
      { backend_azure_keyvault: { resource_id: '/x', dns_name: 'https://x/' } },
      'INVALID_PARAMETER_VALUE',
    ],
    ['a backend that is none', { scope_backend_type: 'VAULT' }, 'MALFORMED_REQUEST'],
    ['a field that is none', { keyvault_metadata: {} }, 'MALFORMED_REQUEST'],
  ])('are refused with %s', async (_, body, code) => {
    expect(await create(body)).toMatchObject(refusal(400, code, expect.any(String)))
    expect((await secrets.get('scopes/list')).body).toEqual({})
  })

  it('are a thousand at the most', async () => {
    const resources = Array.from({ length: 1000 }, (_, index) => ({ kind: 'SecretScope', name: `scope-${index}` }))
    command(service, 'seed', { resources })
    expect(await create({})).toMatchObject(refusal(400, 'RESOURCE_LIMIT_EXCEEDED', expect.any(String)))
  })

  it('are deleted with all that is in them, by who manages them', async () => {
    await create({})
    await secrets.post('put', { scope: 'etl', key: 'k', string_value: 'v' })
    expect(await secrets.post('scopes/delete', { scope: 'etl' }, { as: STRANGER })).toMatchObject(
      refusal(403, 'PERMISSION_DENIED', `User ${STRANGER.clientId} does not have MANAGE permission on scope etl.`),
    )
    expect(await secrets.post('scopes/delete', { scope: 'Etl' })).toEqual({ status: 200, body: {} })
    expect(await secrets.post('scopes/delete', { scope: 'etl' })).toMatchObject(
      refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope etl does not exist!'),
    )
    await create({})
    expect((await secrets.get('list', { scope: 'etl' })).body).toEqual({})
  })
})

describe('what tests may arrange and see', () => {
  it('are scopes, secrets and ACLs', async () => {
    command(service, 'seed', {
      resources: [
        { kind: 'SecretScope', name: 'etl', acls: [{ principal: 'etl', permission: 'READ' }] },
        { kind: 'Secret', scope: 'ETL', key: 'password', value: 'canary' },
        { kind: 'SecretAcl', scope: 'etl', principal: STRANGER.clientId, permission: 'WRITE' },
        { kind: 'SecretScope', name: 'vault', vault: 'kv-one.vault.azure.net' },
      ],
    })
    const { workspaces } = command<{ workspaces: { scopes: unknown }[] }>(service, 'inspect')
    expect(workspaces[0]?.scopes).toEqual([
      {
        name: 'etl',
        backend: 'DATABRICKS',
        acls: [
          { principal: 'etl', permission: 'READ' },
          { principal: STRANGER.clientId, permission: 'WRITE' },
        ],
        keys: ['password'],
      },
      {
        name: 'vault',
        backend: 'AZURE_KEYVAULT',
        acls: [],
        resourceId: expect.stringMatching(/\/vaults\/kv-one$/),
        dnsName: 'https://kv-one.vault.azure.net/',
      },
    ])
    expect(JSON.stringify(workspaces)).not.toContain('canary')
    expect(command(service, 'workspaceSecretValues')).toEqual({ values: ['canary'] })
    expect((await secrets.get('get', { scope: 'etl', key: 'password' })).status).toBe(200)
  })

  it('end with a reset', async () => {
    await create({})
    command(service, 'reset')
    expect((await secrets.get('scopes/list', {}, { as: STEWARD })).body).toEqual({})
  })
})
