import { readFileSync } from 'node:fs'
import { Agent, type AgentOptions } from 'node:https'
import nodeFetch from 'node-fetch'
import { z } from 'zod'
import { resourceIdOfHost } from '../../local/cloud/arm/resources.ts'
import type { CloudPlace } from '../../local/cloud/cloud.ts'
import { type ArmClient, createArmClient } from '../../src/clients/arm/client.ts'
import { createMachineLearningClient, type MachineLearningClient } from '../../src/clients/azureml/client.ts'
import { createDatabricksClient, type DatabricksClient } from '../../src/clients/databricks/client.ts'
import { createEntraClient, type EntraClient } from '../../src/clients/entra/client.ts'
import { createGraphClient, type GraphClient } from '../../src/clients/graph/client.ts'
import { createVaultClient, type VaultClient } from '../../src/clients/keyvault/client.ts'
import { CLOUDS } from '../../src/platform/clouds.ts'
import { Secret } from '../../src/platform/secret.ts'
import { systemTime } from '../../src/platform/time.ts'
import { createTestHttp } from './test-http.ts'

export interface CloudClients {
  readonly graph: GraphClient
  readonly entra: EntraClient
  readonly vault: VaultClient
  readonly workspace: DatabricksClient
  readonly arm: ArmClient
  readonly machineLearning: MachineLearningClient
  /** Every line the HTTP client logged. */
  readonly lines: readonly string[]
}

/** The product's clients on the local cloud, by real host names, as the identity that the cloud knows. */
export function createCloudClients(place: CloudPlace): CloudClients {
  const agentOptions: AgentOptions & { proxyEnv: Record<string, string> } = {
    keepAlive: true,
    ca: readFileSync(place.certificateFile),
    proxyEnv: { HTTPS_PROXY: place.proxyUrl },
  }
  const agent = new Agent(agentOptions)
  const fetch = ((url: string, init: Parameters<typeof nodeFetch>[1]) =>
    nodeFetch(url, { ...init, agent })) as typeof nodeFetch
  const { http, lines } = createTestHttp(fetch, { time: systemTime })
  const cloud = CLOUDS.AzureCloud
  const { settings } = place
  const workspaceHost = settings.workspaces[0] ?? ''
  const identityLabel = settings.identity.clientId
  const tokenFor = (audience: string) => () => requestToken(place, audience)
  const armOptions = { http, token: tokenFor(`https://${cloud.armHost}`), host: cloud.armHost, identityLabel }
  return {
    lines,
    graph: createGraphClient({
      http,
      token: tokenFor(`https://${cloud.graphHost}`),
      host: cloud.graphHost,
      identityLabel,
    }),
    entra: createEntraClient({ http, authorityHost: cloud.authorityHost, tenantId: settings.tenantId }),
    vault: createVaultClient({
      http,
      token: tokenFor(cloud.vaultAudience),
      vaultUrl: `https://${settings.vaults[0]}`,
      identityLabel,
    }),
    arm: createArmClient(armOptions),
    machineLearning: createMachineLearningClient(armOptions),
    workspace: createDatabricksClient({
      http,
      token: tokenFor(cloud.databricksAudience),
      managementToken: tokenFor(cloud.serviceManagementAudience),
      workspaceUrl: `https://${workspaceHost}`,
      workspaceResourceId: resourceIdOfHost(settings, workspaceHost),
      identityLabel,
    }),
  }
}

const tokenAnswer = z.object({ access_token: z.string() })

/** What a managed identity does on the platform. */
async function requestToken(place: CloudPlace, audience: string): Promise<Secret> {
  const url = new URL(place.identityEndpoint)
  url.search = String(
    new URLSearchParams({
      'api-version': '2019-08-01',
      resource: audience,
      client_id: place.settings.identity.clientId,
    }),
  )
  const response = await nodeFetch(url, { headers: { 'x-identity-header': place.identityHeader } })
  return new Secret(tokenAnswer.parse(await response.json()).access_token)
}
