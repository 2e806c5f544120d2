import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  denied,
  missing,
  RESOURCE_ID,
  refusal,
  type ScriptedWorkspace,
  startScriptedWorkspace,
} from './scripted-workspace.ts'

const LIST = '/api/2.0/secrets/scopes/list'
const CREATE = '/api/2.0/secrets/scopes/create'
const DELETE = '/api/2.0/secrets/scopes/delete'

const vault = {
  resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv',
  url: 'https://kv.vault.azure.net',
}

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

describe('listing secret scopes', () => {
  it('tells which vault is behind one, if any', async () => {
    scripted.service.on('GET', LIST, {
      body: {
        scopes: [
          { name: 'a', backend_type: 'DATABRICKS' },
          { name: 'b' },
          {
            name: 'c',
            backend_type: 'AZURE_KEYVAULT',
            keyvault_metadata: { resource_id: vault.resourceId, dns_name: `${vault.url}/` },
          },
        ],
      },
    })
    expect(await scripted.workspace.listSecretScopes()).toEqual([
      { name: 'a', backend: 'databricks', vault: null },
      { name: 'b', backend: 'databricks', vault: null },
      { name: 'c', backend: 'key-vault', vault },
    ])
    expect(scripted.sent()).toEqual([`GET ${LIST}`])
  })

  it('is empty when the workspace has none', async () => {
    scripted.service.on('GET', LIST, { body: {} })
    expect(await scripted.workspace.listSecretScopes()).toEqual([])
  })

  it.each([
    { scopes: [{ backend_type: 'DATABRICKS' }] },
    { scopes: [{ name: 'a', backend_type: 'AZURE_KEYVAULT' }] },
    { scopes: [{ name: 'a', backend_type: 'SOMETHING_ELSE' }] },
    { scopes: 'a' },
    [],
  ])('rejects %j', async (body) => {
    scripted.service.on('GET', LIST, { body })
    await expect(scripted.workspace.listSecretScopes()).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('creating a secret scope', () => {
  it('names nobody who may manage it, and no vault when Databricks keeps the secrets', async () => {
    scripted.service.on('POST', CREATE, { body: {} })
    expect(await scripted.workspace.createSecretScope('etl', null)).toBe('created')
    expect(scripted.sent()).toEqual([[`POST ${CREATE}`, { scope: 'etl', scope_backend_type: 'DATABRICKS' }]])
    const [request] = scripted.service.requests
    expect(request?.headers['content-type']).toBe('application/json')
    expect(request?.headers).not.toHaveProperty('x-databricks-azure-sp-management-token')
  })

  it('tells Azure who calls when there is a vault behind it', async () => {
    scripted.service.on('POST', CREATE, { body: {} })
    expect(await scripted.workspace.createSecretScope('etl', vault)).toBe('created')
    expect(scripted.sent()).toEqual([
      [
        `POST ${CREATE}`,
        {
          scope: 'etl',
          scope_backend_type: 'AZURE_KEYVAULT',
          backend_azure_keyvault: { resource_id: vault.resourceId, dns_name: 'https://kv.vault.azure.net/' },
        },
      ],
    ])
    expect(scripted.service.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer databricks-token',
      'x-databricks-azure-sp-management-token': 'management-token',
      'x-databricks-azure-workspace-resource-id': RESOURCE_ID,
    })
    expect(scripted.lines.join()).not.toContain('management-token')
  })

  it.each([
    refusal(400, 'RESOURCE_ALREADY_EXISTS', 'Scope etl already exists!'),
    refusal(409, 'RESOURCE_ALREADY_EXISTS', 'Scope etl already exists!'),
    { status: 400, body: { message: 'Scope etl already exists' } },
  ])('says when it is there already (%o)', async (answer) => {
    scripted.service.on('POST', CREATE, answer, answer)
    expect(await scripted.workspace.createSecretScope('etl', null)).toBe('already-exists')
    expect(await scripted.workspace.createSecretScope('etl', vault)).toBe('already-exists')
  })

  it('is sent again after a lost answer, and then finds its own', async () => {
    scripted.service.on('POST', CREATE, { isLost: true }, refusal(400, 'RESOURCE_ALREADY_EXISTS', 'there'))
    expect(await scripted.workspace.createSecretScope('etl', null)).toBe('already-exists')
    expect(scripted.service.requests).toHaveLength(2)
  })

  it.each([
    refusal(
      400,
      'INTERNAL_ERROR',
      `Unable to grant read/list permission to Databricks service principal to KeyVault '${vault.url}/': Status code 403, {"odata.error":{"code":"Authorization_RequestDenied"}}`,
    ),
    refusal(400, 'CUSTOMER_UNAUTHORIZED', 'no'),
    refusal(401, 'UNAUTHENTICATED', 'unable to verify user access on the key vault'),
    denied,
  ])('says that the vault may be what refuses (%o)', async (answer) => {
    scripted.service.on('POST', CREATE, answer)
    await expect(scripted.workspace.createSecretScope('etl', vault)).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/identity-1.*"admins".*Microsoft\.KeyVault\/vaults\/write.*Contributor/s),
    })
  })

  it('does not take a vault that is not there for one that refuses', async () => {
    const text = `Unable to grant read/list permission to Databricks service principal to KeyVault '${vault.url}/': Status code 404, {}`
    scripted.service.on('POST', CREATE, refusal(400, 'INVALID_PARAMETER_VALUE', text))
    await expect(scripted.workspace.createSecretScope('etl', vault)).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('Status code 404'),
    })
  })

  it('has nothing to do with vaults when Databricks keeps the secrets', async () => {
    scripted.service.on('POST', CREATE, denied)
    const error: unknown = await scripted.workspace.createSecretScope('etl', null).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'upstream-denied', message: expect.not.stringContaining('KeyVault') })
  })

  it.each([
    refusal(400, 'RESOURCE_LIMIT_EXCEEDED', 'too many scopes'),
    { status: 400, body: { message: 'something else already exists' } },
    { status: 409, body: '<html>conflict</html>' },
  ])('is rejected by anything else (%o)', async (answer) => {
    scripted.service.on('POST', CREATE, answer)
    await expect(scripted.workspace.createSecretScope('etl', null)).rejects.toMatchObject({ code: 'upstream-rejected' })
  })
})

describe('deleting a secret scope', () => {
  it('does not mind when it is gone', async () => {
    scripted.service.on('POST', DELETE, { body: {} }, missing)
    await scripted.workspace.deleteSecretScope('etl')
    await scripted.workspace.deleteSecretScope('etl')
    expect(scripted.sent()).toEqual([
      [`POST ${DELETE}`, { scope: 'etl' }],
      [`POST ${DELETE}`, { scope: 'etl' }],
    ])
  })

  it('that is denied says so', async () => {
    scripted.service.on('POST', DELETE, denied)
    await expect(scripted.workspace.deleteSecretScope('etl')).rejects.toMatchObject({ code: 'upstream-denied' })
  })
})
