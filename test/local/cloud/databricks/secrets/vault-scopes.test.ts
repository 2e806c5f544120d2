import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import { createKeyVaultService } from '../../../../../local/cloud/keyvault/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import { type ArmClient, createArmClient, IDENTITY } from '../../arm/arm-client.ts'
import { command, issueToken, WORKSPACE } from '../../pretend-world.ts'
import { createSend, type Options } from '../workspace-client.ts'
import { createSecretCalls, refusal, type SecretCalls } from './secret-client.ts'

const VAULT = 'kv-etl-prod'
const DNS_NAME = `https://${VAULT}.vault.azure.net/`
const SCOPE = { scope: 'etl' }

let arm: ArmClient
let databricks: CloudService
let secrets: SecretCalls
let databricksId: string

beforeEach(() => {
  arm = createArmClient()
  databricks = createDatabricksService(arm.world)
  secrets = createSecretCalls(createSend(arm.world, databricks))
  const principals = [...arm.world.directory.servicePrincipals.values()]
  databricksId = principals.find(({ displayName }) => displayName === 'AzureDatabricks')?.objectId ?? ''
  const keyvault = createKeyVaultService(arm.world)
  command(keyvault, 'put', { vault: `${VAULT}.vault.azure.net`, name: 'password', value: 'canary' })
})

const as = IDENTITY

function azureHeaders(overrides: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    'x-databricks-azure-sp-management-token': issueToken(arm.world.clock, 'https://management.core.windows.net/', as),
    'x-databricks-azure-workspace-resource-id': arm.idOf('adb-prod'),
    ...overrides,
  }
}

function create(vault: object = {}, options: Options = { headers: azureHeaders() }) {
  const backend = { resource_id: arm.idOf(VAULT), dns_name: DNS_NAME, ...vault }
  const body = { ...SCOPE, scope_backend_type: 'AZURE_KEYVAULT', backend_azure_keyvault: backend }
  return secrets.post('scopes/create', body, { as, ...options })
}

describe('a scope on a vault', () => {
  it('is listed with the vault, and shows what is in it', async () => {
    expect(await create()).toEqual({ status: 200, body: {} })
    expect((await secrets.get('scopes/list', {}, { as })).body.scopes).toEqual([
      {
        name: 'etl',
        backend_type: 'AZURE_KEYVAULT',
        keyvault_metadata: { resource_id: arm.idOf(VAULT), dns_name: DNS_NAME },
      },
    ])
    expect((await secrets.get('list', SCOPE, { as })).body).toEqual({ secrets: [{ key: 'password' }] })
    const read = await secrets.get('get', { ...SCOPE, key: 'password' }, { as })
    expect(read.body).toEqual({ key: 'password', value: Buffer.from('canary').toString('base64') })
    expect((await secrets.get('get', { ...SCOPE, key: 'none' }, { as })).status).toBe(404)
    expect(command(databricks, 'workspaceSecretValues')).toEqual({ values: [] })
  })

  it.each([
    ['no header', () => ({})],
    ['no management token', () => ({ 'x-databricks-azure-workspace-resource-id': arm.idOf('adb-prod') })],
    ['another workspace', () => azureHeaders({ 'x-databricks-azure-workspace-resource-id': arm.idOf('adb-test') })],
    [
      'a token for another resource',
      () =>
        azureHeaders({
          'x-databricks-azure-sp-management-token': issueToken(arm.world.clock, 'https://management.azure.com/', as),
        }),
    ],
  ])('is refused with %s, for then Azure does not know the caller', async (_, headers) => {
    expect(await create({}, { headers: headers() })).toMatchObject(
      refusal(400, 'INVALID_PARAMETER_VALUE', 'Scope with Azure KeyVault must have userAADToken defined!'),
    )
  })

  it('is refused to who may not change the vault', async () => {
    command(arm.service, 'unassign', { scope: VAULT, principalId: as.objectId, role: 'Key Vault Contributor' })
    const denied = refusal(
      403,
      'CUSTOMER_UNAUTHORIZED',
      expect.stringContaining(
        `Unable to grant read/list permission to Databricks service principal to KeyVault '${DNS_NAME}': Status code 403`,
      ),
    )
    expect(await create()).toMatchObject(denied)
    command(arm.service, 'assign', { scope: VAULT, principalId: as.objectId, role: 'Contributor' })
    expect((await create()).status).toBe(200)
  })

  it('is refused on a vault that is not there, or goes by another name', async () => {
    const missing = refusal(400, 'INVALID_PARAMETER_VALUE', expect.stringContaining('Status code 404'))
    expect((await create({ resource_id: arm.idOf(VAULT).replace(VAULT, 'none') })).body.message).toContain('404')
    expect(await create({ dns_name: 'https://kv-team.vault.azure.net/' })).toMatchObject({ ...missing, status: 404 })
    const workspace = { resource_id: arm.idOf('adb-prod'), dns_name: `https://${WORKSPACE}/` }
    expect((await create(workspace)).status).toBe(404)
  })

  it('can only be read', async () => {
    await create()
    const key = { ...SCOPE, key: 'password' }
    const refused = refusal(400, 'BAD_REQUEST', expect.stringContaining('read-only'))
    expect(await secrets.post('put', { ...key, string_value: 'v' }, { as })).toMatchObject(refused)
    expect(await secrets.post('delete', key, { as })).toMatchObject(refused)
  })
})

describe('a vault that does not let Databricks in', () => {
  it('does not hinder the making of the scope, and cannot be read then', async () => {
    command(arm.service, 'unassign', { scope: VAULT, principalId: databricksId, role: 'Key Vault Secrets User' })
    expect((await create()).status).toBe(200)
    expect(await secrets.get('list', SCOPE, { as })).toMatchObject(
      refusal(400, 'INVALID_STATE', `Databricks could not access keyvault: ${DNS_NAME}`),
    )
    expect(await secrets.get('get', { ...SCOPE, key: 'password' }, { as })).toMatchObject(
      refusal(
        403,
        'PERMISSION_DENIED',
        expect.stringContaining(`Invalid permissions on the specified KeyVault ${DNS_NAME}`),
      ),
    )
  })

  it('lets it in by the access policy that the making of the scope adds, where access policies decide', async () => {
    command(arm.service, 'unassign', { scope: VAULT, principalId: databricksId, role: 'Key Vault Secrets User' })
    command(arm.service, 'setVaultRbac', { vault: VAULT, usesRbac: false })
    expect((await create()).status).toBe(200)
    expect((await secrets.get('list', SCOPE, { as })).status).toBe(200)
    command(arm.service, 'setVaultRbac', { vault: VAULT, usesRbac: false, accessPolicies: [] })
    expect((await secrets.get('list', SCOPE, { as })).body.error_code).toBe('INVALID_STATE')
  })
})
