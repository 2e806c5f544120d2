import { createHash } from 'node:crypto'
import type { World } from '../world.ts'
import { type AzureResource, LOCATION, subscriptionIdOf } from './resources.ts'

const CREATED = '2026-01-05T08:00:00.000Z'

/** What Resource Manager tells of a resource, as far as anybody here asks. */
export function renderResource(world: World, resource: AzureResource): Record<string, unknown> {
  const { id, type, name } = resource
  const common = { id, name, type, location: LOCATION, tags: {} }
  switch (type) {
    case 'Microsoft.KeyVault/vaults':
      return { ...common, properties: renderVault(world, resource) }
    case 'Microsoft.Databricks/workspaces':
      return {
        ...common,
        sku: { name: 'premium' },
        properties: {
          managedResourceGroupId: `${subscriptionIdOf(world.settings)}/resourceGroups/databricks-rg-${name}`,
          workspaceId: /^adb-(\d+)\./.exec(resource.host ?? '')?.[1] ?? '0',
          workspaceUrl: resource.host,
          createdDateTime: CREATED,
          provisioningState: 'Succeeded',
        },
      }
    case 'Microsoft.MachineLearningServices/workspaces':
      return {
        ...common,
        kind: 'Default',
        sku: { name: 'Basic', tier: 'Basic' },
        identity: { type: 'SystemAssigned', tenantId: world.settings.tenantId, principalId: guidOf(`${id} identity`) },
        properties: {
          friendlyName: name,
          workspaceId: guidOf(id),
          discoveryUrl: `https://${LOCATION}.api.azureml.ms/discovery`,
          mlFlowTrackingUri: `azureml://${LOCATION}.api.azureml.ms/mlflow/v1.0${id}`,
          tenantId: world.settings.tenantId,
          hbiWorkspace: false,
          publicNetworkAccess: 'Enabled',
          provisioningState: 'Succeeded',
        },
      }
    case 'Microsoft.MachineLearningServices/registries':
      return {
        ...common,
        identity: { type: 'SystemAssigned', tenantId: world.settings.tenantId, principalId: guidOf(`${id} identity`) },
        properties: {
          discoveryUrl: `https://${LOCATION}.api.azureml.ms/registrymanagement/v1.0/registries/${name}/discovery`,
          mlFlowRegistryUri: `azureml://${LOCATION}.api.azureml.ms/mlflow/v1.0/registries/${name}`,
          publicNetworkAccess: 'Enabled',
          regionDetails: [{ location: LOCATION, acrDetails: [], storageAccountDetails: [] }],
        },
      }
    case 'Microsoft.Storage/storageAccounts':
      return common
  }
}

function renderVault({ vaults, settings: { tenantId } }: World, { host }: AzureResource): Record<string, unknown> {
  const vault = vaults.get(host ?? '')
  return {
    sku: { family: 'A', name: 'standard' },
    tenantId,
    vaultUri: `https://${host}/`,
    accessPolicies: [...(vault?.accessPolicies ?? [])].map(([objectId, secrets]) => ({
      tenantId,
      objectId,
      permissions: { keys: [], secrets: [...secrets], certificates: [] },
    })),
    enabledForDeployment: false,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    enableRbacAuthorization: vault?.usesRbac,
    publicNetworkAccess: 'Enabled',
    provisioningState: 'Succeeded',
  }
}

/** A made-up id that is always the same for the same text. */
function guidOf(text: string): string {
  const hex = createHash('sha256').update(text.toLowerCase()).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
