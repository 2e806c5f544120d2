import type { CloudRequest } from '../service.ts'
import { ArmError } from './errors.ts'
import type { ResourceType } from './resources.ts'

export type CalledType =
  | Exclude<ResourceType, 'Microsoft.Storage/storageAccounts'>
  | 'Microsoft.Authorization/roleAssignments'
  | 'Microsoft.Authorization/roleDefinitions'
  | 'Microsoft.Authorization/permissions'

const machineLearning = ['2025-06-01', '2024-10-01', '2024-04-01', '2023-10-01', '2023-04-01', '2022-10-01']

/** Versions whose answers look as the fakes' do, newest first. */
const supported: Readonly<Record<CalledType, readonly string[]>> = {
  'Microsoft.Authorization/roleAssignments': ['2022-04-01', '2020-10-01-preview'],
  'Microsoft.Authorization/roleDefinitions': ['2022-05-01-preview', '2022-04-01'],
  'Microsoft.Authorization/permissions': ['2022-05-01-preview', '2022-04-01'],
  'Microsoft.KeyVault/vaults': ['2024-11-01', '2023-07-01', '2023-02-01', '2022-07-01'],
  'Microsoft.Databricks/workspaces': ['2024-05-01', '2023-02-01', '2018-04-01'],
  'Microsoft.MachineLearningServices/workspaces': machineLearning,
  'Microsoft.MachineLearningServices/registries': machineLearning,
}

export function checkApiVersion({ url }: CloudRequest, type: CalledType): void {
  const version = url.searchParams.get('api-version')
  if (version === null || version === '') {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    )
  }
  const versions = supported[type]
  if (!versions.includes(version)) {
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${versions.join(',')}'.`,
    )
  }
}
