import { z } from 'zod'
import { demand, type JsonApi } from '../json-api.ts'
import { readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export interface TokenSettings {
  /** Whether the workspace takes personal access tokens at all. */
  readonly areTokensEnabled: boolean
  /** The longest life of a new token. */
  readonly maxLifetimeDays: number
}

export interface TokenSettingCalls {
  getTokenSettings(): Promise<TokenSettings>
}

/** What Databricks itself allows, where the workspace sets nothing. */
const PLATFORM_MAX_DAYS = 730

/** All values are text; one that was never set is null or absent. */
const settingsAnswer = z
  .object({
    enableTokensConfig: z
      .string()
      .regex(/^(?:true|false|)$/i)
      .nullish(),
    maxTokenLifetimeDays: z
      .string()
      .regex(/^\d{0,9}$/)
      .nullish(),
  })
  .transform(
    ({ enableTokensConfig, maxTokenLifetimeDays }): TokenSettings => ({
      areTokensEnabled: enableTokensConfig?.toLowerCase() !== 'false',
      maxLifetimeDays: Math.min(Number(maxTokenLifetimeDays ?? 0) || PLATFORM_MAX_DAYS, PLATFORM_MAX_DAYS),
    }),
  )

/** Calls on what a workspace sets for all tokens. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function tokenSettingCalls(workspace: JsonApi): TokenSettingCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/workspaceconf/getstatus; right: `readTokenSettings`. */
    getTokenSettings: async () => {
      const right = DATABRICKS_RIGHTS.readTokenSettings
      const keys = 'enableTokensConfig,maxTokenLifetimeDays'
      const call = readCall('/api/2.0/workspace-conf', { keys }, { right, answer: settingsAnswer })
      return demand(workspace, call, await workspace.call(call))
    },
  }
}
