import fetch from 'node-fetch'
import { createArmClient } from './clients/arm/client.ts'
import { createMachineLearningClient } from './clients/azureml/client.ts'
import { createDatabricksClient } from './clients/databricks/client.ts'
import { createPrincipalClient, exchangeOAuthSecret } from './clients/databricks/principal-client.ts'
import { createEntraClient } from './clients/entra/client.ts'
import { createGraphClient } from './clients/graph/client.ts'
import { createVaultClient } from './clients/keyvault/client.ts'
import type { OnboardingServices } from './onboarding/step.ts'
import { CLOUDS } from './platform/clouds.ts'
import type { Settings } from './platform/config.ts'
import { createHttpClient } from './platform/http/client.ts'
import { createPace } from './platform/http/pace.ts'
import { createIdentity, loadAzureCredential } from './platform/identity.ts'
import type { Log } from './platform/log.ts'
import type { Time } from './platform/time.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** All that onboarding and rotation call; what of Steward's own they need is added where both are composed. */
export type RemoteServices = Omit<OnboardingServices, 'credentials'>

/** For services without a documented rate: enough for many onboardings at once, too little to be throttled for. */
const DEFAULT_LIMITS = { concurrency: 16, requestsPerSecond: 50 }

/** Every remote service, with one HTTP client and one identity behind them. */
export function composeServices(
  environment: Environment,
  { config, tenantId }: Settings,
  log: Log,
  time: Time,
): RemoteServices {
  const cloud = CLOUDS[config.cloud]
  const identity = createIdentity({ loadCredential: () => loadAzureCredential(environment, cloud), time })
  const identityLabel = environment['AZURE_CLIENT_ID'] ?? "the signed-in developer's identity"
  const workspaces = config.databricks?.workspaces ?? []
  const rates = new Map(workspaces.map(({ url, requestsPerSecond }) => [new URL(url).host, requestsPerSecond]))
  const hosts = new Set([
    cloud.authorityHost,
    cloud.graphHost,
    cloud.armHost,
    ...config.vaults.map(({ url }) => new URL(url).host),
    ...rates.keys(),
  ])
  const http = createHttpClient({
    fetch,
    time,
    log,
    allowsHost: (host) => hosts.has(host),
    pace: createPace({
      time,
      limitsOf: (host) => ({
        ...DEFAULT_LIMITS,
        requestsPerSecond: rates.get(host) ?? DEFAULT_LIMITS.requestsPerSecond,
      }),
    }),
  })
  const resourceIds = new Map(workspaces.map(({ url, resourceId }) => [url, resourceId]))
  const armToken = () => identity.token(`https://${cloud.armHost}`)
  const graphAudience = `https://${cloud.graphHost}`
  const vault = memoize((vaultUrl) =>
    createVaultClient({ http, token: () => identity.token(cloud.vaultAudience), vaultUrl, identityLabel }),
  )
  const workspace = memoize((workspaceUrl) =>
    createDatabricksClient({
      http,
      token: () => identity.token(cloud.databricksAudience),
      managementToken: () => identity.token(cloud.serviceManagementAudience),
      workspaceUrl,
      workspaceResourceId: resourceIds.get(workspaceUrl) ?? '',
      identityLabel,
    }),
  )
  const entra = createEntraClient({ http, authorityHost: cloud.authorityHost, tenantId })
  const whoAmI = () => identity.whoAmI(graphAudience)
  return {
    graph: createGraphClient({
      http,
      token: () => identity.token(graphAudience),
      host: cloud.graphHost,
      identityLabel,
    }),
    entra,
    vault,
    workspace,
    arm: createArmClient({ http, token: armToken, host: cloud.armHost, identityLabel }),
    machineLearning: createMachineLearningClient({ http, token: armToken, host: cloud.armHost, identityLabel }),
    whoAmI,
    trialAudience: graphAudience,
    acting: {
      entra,
      vault,
      workspace,
      holder: (workspaceUrl, token, who) =>
        createPrincipalClient({ http, token: async () => token, workspaceUrl, identityLabel: who }),
      exchangeOAuthSecret: (workspaceUrl, { clientId, secret }) =>
        exchangeOAuthSecret({ http, workspaceUrl, clientId, secret }),
      whoAmI,
      ownToken: (audience) => identity.token(audience),
      databricksAudience: cloud.databricksAudience,
      federationAudience: cloud.federationAudience,
    },
  }
}

/** One client for each origin; the allow-lists keep the number of origins to those of the configuration. */
function memoize<T>(create: (url: string) => T): (url: string) => T {
  const made = new Map<string, T>()
  return (url) => {
    const known = made.get(url) ?? create(url)
    made.set(url, known)
    return known
  }
}
