import { createDatabricksClient, type DatabricksClient } from '../../../src/clients/databricks/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

export const RESOURCE_ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w'

/** An id beyond what a double holds, and as JSON has it: a number, every digit of it. */
export const LONG_ID = '9007199254740993123'
export const longNumber = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(LONG_ID)

export interface ScriptedWorkspace {
  readonly service: ScriptedService
  readonly workspace: DatabricksClient
  /** Every line the HTTP client logged. */
  readonly lines: readonly string[]
  /** Requests so far, each as `POST /path?query` and its body, where it has one. */
  sent(): (string | [string, unknown])[]
}

/** The client of one workspace, whose answers a test scripts. */
export async function startScriptedWorkspace(): Promise<ScriptedWorkspace> {
  const service = await startScriptedService()
  const { http, lines } = createTestHttp(service.fetch)
  const workspace = createDatabricksClient({
    http,
    token: async () => new Secret('databricks-token'),
    managementToken: async () => new Secret('management-token'),
    workspaceUrl: 'https://adb-1.2.azuredatabricks.net',
    workspaceResourceId: RESOURCE_ID,
    identityLabel: 'identity-1',
  })
  return {
    service,
    workspace,
    lines,
    sent: () =>
      service.requests.map(({ method, url, body }) => {
        const line = `${method} ${url.pathname}${url.search}`
        return body === '' ? line : [line, JSON.parse(body)]
      }),
  }
}

/** A refusal in the form of most APIs. */
export function refusal(status: number, error_code: string, message: string): ScriptedAnswer {
  return { status, body: { error_code, message } }
}

export const missing = refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'It does not exist.')
export const denied = refusal(403, 'PERMISSION_DENIED', 'The caller may not do this.')
