import type { CloudSettings } from '../settings.ts'

export type ResourceType =
  | 'Microsoft.KeyVault/vaults'
  | 'Microsoft.Databricks/workspaces'
  | 'Microsoft.MachineLearningServices/workspaces'
  | 'Microsoft.MachineLearningServices/registries'
  | 'Microsoft.Storage/storageAccounts'

/** What stands in the pretend subscription. */
export interface AzureResource {
  readonly id: string
  readonly type: ResourceType
  readonly resourceGroup: string
  readonly name: string
  /** Host name that it answers under, where the settings give it one. */
  readonly host: string | null
}

export const LOCATION = 'westeurope'

/** Names of the Databricks workspaces of the settings, in their order: their host names do not tell. */
const databricksNames = ['adb-prod', 'adb-test']

export function subscriptionIdOf({ subscriptionId }: Pick<CloudSettings, 'subscriptionId'>): string {
  return `/subscriptions/${subscriptionId}`
}

/** Every resource of the subscription: the one place that gives resource ids. */
export function listResources(settings: CloudSettings): readonly AzureResource[] {
  const place = (
    type: ResourceType,
    resourceGroup: string,
    name: string,
    host: string | null = null,
  ): AzureResource => ({
    id: `${subscriptionIdOf(settings)}/resourceGroups/${resourceGroup}/providers/${type}/${name}`,
    type,
    resourceGroup,
    name,
    host,
  })
  return [
    ...settings.vaults.map((host) => place('Microsoft.KeyVault/vaults', 'rg-steward', firstLabel(host), host)),
    ...settings.workspaces.map((host, index) =>
      place('Microsoft.Databricks/workspaces', 'rg-data', databricksNames[index] ?? firstLabel(host), host),
    ),
    place('Microsoft.MachineLearningServices/workspaces', 'rg-ml', 'mlw-prod'),
    place('Microsoft.MachineLearningServices/workspaces', 'rg-ml', 'mlw-test'),
    place('Microsoft.MachineLearningServices/registries', 'rg-ml', 'mlr-shared'),
    place('Microsoft.Storage/storageAccounts', 'rg-data', 'stlake'),
  ]
}

/** Resource id of the vault or Databricks workspace that answers under this name. */
export function resourceIdOfHost(settings: CloudSettings, host: string): string {
  const found = listResources(settings).find((resource) => resource.host === host)
  if (found === undefined) throw new Error(`the settings name no vault or workspace ${host}`)
  return found.id
}

/** The resource with this id, which compares without regard to case. */
export function findResource(settings: CloudSettings, id: string): AzureResource | undefined {
  return listResources(settings).find((resource) => resource.id.toLowerCase() === id.toLowerCase())
}

function firstLabel(host: string): string {
  return host.split('.')[0] ?? host
}
