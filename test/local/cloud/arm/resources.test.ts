import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { resourceIdOfHost } from '../../../../local/cloud/arm/resources.ts'
import { DEFAULT_SETTINGS } from '../../../../local/cloud/settings.ts'
import { command } from '../pretend-world.ts'
import { type ArmClient, createArmClient, IDENTITY } from './arm-client.ts'

let arm: ArmClient

beforeEach(() => {
  arm = createArmClient()
  const scope = `/subscriptions/${DEFAULT_SETTINGS.subscriptionId}`
  command(arm.service, 'assign', { scope, principalId: IDENTITY.objectId, role: 'Reader' })
})

const get = (name: string, version: string) => arm.send('GET', `${arm.idOf(name)}?api-version=${version}`)

describe('the resources', () => {
  it('have the ids of the sample configuration', async () => {
    interface Named {
      readonly url: string
      readonly resourceId: string
    }
    const sample = parse(await readFile(new URL('../../../../steward.sample.yaml', import.meta.url), 'utf8')) as {
      vaults: Named[]
      databricks: { workspaces: Named[] }
    }
    for (const { url, resourceId } of [...sample.vaults, ...sample.databricks.workspaces]) {
      expect(resourceIdOfHost(DEFAULT_SETTINGS, new URL(url).host)).toBe(resourceId)
    }
  })

  it('say where they answer', async () => {
    const [vault, databricks, workspace, registry] = await Promise.all([
      get('kv-etl-prod', '2023-07-01'),
      get('adb-prod', '2023-02-01'),
      get('mlw-prod', '2024-04-01'),
      get('mlr-shared', '2024-04-01'),
    ])
    expect(vault.body.properties).toMatchObject({
      vaultUri: 'https://kv-etl-prod.vault.azure.net/',
      enableRbacAuthorization: true,
      accessPolicies: [],
    })
    expect(databricks.body.properties).toMatchObject({
      workspaceUrl: 'adb-1234567890123456.7.azuredatabricks.net',
      workspaceId: '1234567890123456',
    })
    expect(workspace.body).toMatchObject({ name: 'mlw-prod', id: arm.idOf('mlw-prod'), location: 'westeurope' })
    expect(registry.body.type).toBe('Microsoft.MachineLearningServices/registries')
  })

  it('are found without regard to case', async () => {
    const path = arm.idOf('kv-steward').toUpperCase()
    expect(await arm.send('GET', `${path}?api-version=2023-07-01`)).toMatchObject({
      status: 200,
      body: { id: arm.idOf('kv-steward') },
    })
  })

  it.each([
    ['a resource', '/providers/Microsoft.KeyVault/vaults/kv-none', 'rg-steward', 'ResourceNotFound'],
    ['a resource of another group', '/providers/Microsoft.KeyVault/vaults/kv-steward', 'rg-ml', 'ResourceNotFound'],
    ['a group', '/providers/Microsoft.KeyVault/vaults/kv-steward', 'rg-none', 'ResourceGroupNotFound'],
  ])('are not found: %s', async (_, path, group, code) => {
    const scope = `/subscriptions/${DEFAULT_SETTINGS.subscriptionId}/resourceGroups/${group}`
    expect(await arm.send('GET', `${scope}${path}?api-version=2023-07-01`)).toMatchObject({
      status: 404,
      body: { error: { code } },
    })
    const assignments = await arm.send('GET', `${scope}${path}/providers/Microsoft.Authorization/roleAssignments`)
    expect(assignments.body.error.code).toBe(code)
  })

  it('are not found in another subscription by who can see it', async () => {
    const scope = '/subscriptions/7a0c0e5e-0000-4000-8000-000000000000'
    command(arm.service, 'assign', { scope, principalId: IDENTITY.objectId, role: 'Reader' })
    const answer = await arm.send('GET', `${scope}/providers/Microsoft.Authorization/roleAssignments`)
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
  })
})

describe('a vault that is switched to access policies', () => {
  it('shows them, and is switched back by a reset', async () => {
    command(arm.service, 'setVaultRbac', { vault: 'https://kv-etl-prod.vault.azure.net', usesRbac: false })
    const { body } = await get('kv-etl-prod', '2023-07-01')
    expect(body.properties).toMatchObject({
      enableRbacAuthorization: false,
      accessPolicies: [
        {
          objectId: IDENTITY.objectId,
          tenantId: DEFAULT_SETTINGS.tenantId,
          permissions: { secrets: ['get', 'list', 'set', 'delete', 'recover', 'purge'] },
        },
      ],
    })
    command(arm.service, 'reset')
    const { vaults } = command<{ vaults: unknown[] }>(arm.service, 'inspect')
    expect(vaults).toContainEqual(
      expect.objectContaining({ vault: 'kv-etl-prod.vault.azure.net', usesRbac: true, accessPolicies: [] }),
    )
  })
})

describe('a reset', () => {
  it('brings back the roles of the beginning', async () => {
    const describe = (): unknown[] =>
      command<{ assignments: { principalId: string; scope: string; roleId: string; condition: string }[] }>(
        arm.service,
        'inspect',
      ).assignments.map(({ principalId, scope, roleId, condition }) => ({ principalId, scope, roleId, condition }))
    command(arm.service, 'reset')
    const before = describe()
    command(arm.service, 'setCondition', { principalId: IDENTITY.objectId, condition: null })
    command(arm.service, 'assign', { scope: 'mlw-prod', principalId: IDENTITY.objectId, role: 'Owner' })
    command(arm.service, 'unassign', { scope: 'kv-steward', principalId: IDENTITY.objectId, role: 'Reader' })
    expect(describe()).not.toEqual(before)
    command(arm.service, 'reset')
    expect(describe()).toEqual(before)
  })
})

it('answers for Resource Manager in every cloud, and for nothing else', () => {
  const hosts = ['management.azure.com', 'management.usgovcloudapi.net', 'management.chinacloudapi.cn']
  expect(hosts.filter((host) => !arm.service.owns(host))).toEqual([])
  expect(arm.service.owns('graph.microsoft.com')).toBe(false)
})
