/** Where a cloud issues tokens, and how its tokens name their issuer. */
export interface AuthorityCloud {
  /** Host that the discovery documents name. */
  readonly preferredHost: string
  /** Every host that answers for it, the preferred one included. */
  readonly hosts: readonly string[]
  /** Issuer of v1 tokens, before the tenant. */
  readonly stsHost: string
  /** Resources that an application may ask tokens for, without a trailing slash. */
  readonly resources: readonly string[]
  /** Managed identities present tokens of this audience as client assertions. */
  readonly exchangeAudience: string
}

export const MICROSOFT_GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'
export const AZURE_DATABRICKS_APP_ID = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'

const worldwideResources = [MICROSOFT_GRAPH_APP_ID, AZURE_DATABRICKS_APP_ID, 'https://storage.azure.com']

const publicCloud: AuthorityCloud = {
  preferredHost: 'login.microsoftonline.com',
  hosts: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  stsHost: 'sts.windows.net',
  resources: [
    ...worldwideResources,
    'https://graph.microsoft.com',
    'https://vault.azure.net',
    'https://management.azure.com',
    'https://management.core.windows.net',
    'https://ml.azure.com',
    'https://monitor.azure.com',
  ],
  exchangeAudience: 'api://AzureADTokenExchange',
}

/** National clouds: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud. */
export const authorityClouds: readonly AuthorityCloud[] = [
  publicCloud,
  {
    preferredHost: 'login.microsoftonline.us',
    hosts: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    stsHost: 'sts.windows.net',
    resources: [
      ...worldwideResources,
      'https://graph.microsoft.us',
      'https://vault.usgovcloudapi.net',
      'https://management.usgovcloudapi.net',
      'https://management.core.usgovcloudapi.net',
      'https://ml.azure.us',
    ],
    exchangeAudience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    preferredHost: 'login.partner.microsoftonline.cn',
    hosts: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    stsHost: 'sts.chinacloudapi.cn',
    resources: [
      ...worldwideResources,
      'https://microsoftgraph.chinacloudapi.cn',
      'https://vault.azure.cn',
      'https://management.chinacloudapi.cn',
      'https://management.core.chinacloudapi.cn',
      'https://ml.azure.cn',
    ],
    exchangeAudience: 'api://AzureADTokenExchangeChina',
  },
]

export function findCloudByHost(host: string): AuthorityCloud | undefined {
  return authorityClouds.find(({ hosts }) => hosts.includes(host))
}

/** The cloud whose services a resource belongs to; the public one for what all clouds have. */
export function cloudOfResource(resource: string): AuthorityCloud {
  const name = resource.replace(/\/$/, '')
  const owner = authorityClouds.find(
    ({ resources, exchangeAudience }) => resources.includes(name) || exchangeAudience === name,
  )
  return owner ?? publicCloud
}

/** Tokens for the exchange are of version 2, and so is the issuer that a federated credential has to name. */
export function issuerOf(cloud: AuthorityCloud, tenantId: string, audience: string): string {
  return audience === cloud.exchangeAudience
    ? `https://${cloud.preferredHost}/${tenantId}/v2.0`
    : `https://${cloud.stsHost}/${tenantId}/`
}
