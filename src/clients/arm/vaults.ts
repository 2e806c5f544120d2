import { z } from 'zod'
import type { JsonApi } from '../json-api.ts'
import { isMissing } from './errors.ts'
import { resourcePath } from './resource-path.ts'
import { ARM_RIGHTS } from './rights.ts'

/** A vault as its owner sees it. */
export interface VaultResource {
  /** Without a trailing slash. */
  readonly url: string
  /** Whether roles decide who reads secrets; else access policies do. */
  readonly usesRbac: boolean
}

export interface VaultResourceCalls {
  getVault(resourceId: string): Promise<VaultResource | null>
}

const vaultAnswer = z
  .object({
    properties: z.object({
      vaultUri: z.url({ protocol: /^https$/ }).max(256),
      enableRbacAuthorization: z.boolean().nullish(),
    }),
  })
  .transform(
    ({ properties: { vaultUri, enableRbacAuthorization } }): VaultResource => ({
      url: new URL(vaultUri).origin,
      usesRbac: enableRbacAuthorization ?? false,
    }),
  )

/** Calls on vaults as resources. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function vaultResourceCalls(arm: JsonApi): VaultResourceCalls {
  return {
    /** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get; right: `readVault`. */
    getVault: async (resourceId) => {
      const call = {
        method: 'GET',
        path: `${resourcePath(resourceId)}?api-version=2023-07-01`,
        isRepeatable: true,
        right: ARM_RIGHTS.readVault,
        answer: vaultAnswer,
      } as const
      const outcome = await arm.call(call)
      if (outcome.kind === 'done') return outcome.value
      if (isMissing(outcome.error)) return null
      throw arm.explain(call, outcome.error)
    },
  }
}
