export type CloudName = 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud'

/** Where an Azure cloud keeps its services, and the audience of each one's tokens. Hosts carry no scheme, suffixes start with a dot. */
export interface Cloud {
  readonly name: CloudName
  readonly authorityHost: string
  readonly graphHost: string
  /** Azure Resource Manager; its host is its audience, too. */
  readonly armHost: string
  /** Of the token that tells Azure Databricks who a caller is to Azure: the old Service Management API, not Resource Manager. */
  readonly serviceManagementAudience: string
  readonly vaultSuffix: string
  readonly vaultAudience: string
  readonly databricksSuffix: string
  /** Of storage, without the service's part in front and without a dot. */
  readonly storageSuffix: string
  /** Tokens for a workspace name Azure Databricks itself as their audience. */
  readonly databricksAudience: string
  /** Of a managed identity's token that stands for an application (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity). */
  readonly federationAudience: string
}

/** Client id of Azure Databricks itself, the same in every tenant and cloud. */
export const AZURE_DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

/** The clouds that Steward runs in (https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud). */
export const CLOUDS: Readonly<Record<CloudName, Cloud>> = {
  AzureCloud: {
    name: 'AzureCloud',
    authorityHost: 'login.microsoftonline.com',
    graphHost: 'graph.microsoft.com',
    armHost: 'management.azure.com',
    serviceManagementAudience: 'https://management.core.windows.net/',
    vaultSuffix: '.vault.azure.net',
    vaultAudience: 'https://vault.azure.net',
    databricksSuffix: '.azuredatabricks.net',
    storageSuffix: 'core.windows.net',
    databricksAudience: AZURE_DATABRICKS,
    federationAudience: 'api://AzureADTokenExchange',
  },
  AzureUSGovernment: {
    name: 'AzureUSGovernment',
    authorityHost: 'login.microsoftonline.us',
    graphHost: 'graph.microsoft.us',
    armHost: 'management.usgovcloudapi.net',
    serviceManagementAudience: 'https://management.core.usgovcloudapi.net/',
    vaultSuffix: '.vault.usgovcloudapi.net',
    vaultAudience: 'https://vault.usgovcloudapi.net',
    databricksSuffix: '.databricks.azure.us',
    storageSuffix: 'core.usgovcloudapi.net',
    databricksAudience: AZURE_DATABRICKS,
    federationAudience: 'api://AzureADTokenExchangeUSGov',
  },
  AzureChinaCloud: {
    name: 'AzureChinaCloud',
    authorityHost: 'login.chinacloudapi.cn',
    graphHost: 'microsoftgraph.chinacloudapi.cn',
    armHost: 'management.chinacloudapi.cn',
    serviceManagementAudience: 'https://management.core.chinacloudapi.cn/',
    vaultSuffix: '.vault.azure.cn',
    vaultAudience: 'https://vault.azure.cn',
    databricksSuffix: '.databricks.azure.cn',
    storageSuffix: 'core.chinacloudapi.cn',
    databricksAudience: AZURE_DATABRICKS,
    federationAudience: 'api://AzureADTokenExchangeChina',
  },
}
