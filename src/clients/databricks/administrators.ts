import { z } from 'zod'
import { demand, type JsonApi } from '../json-api.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'
import { SCIM_PATH } from './scim.ts'

export interface AdministratorCalls {
  /** Throws `upstream-denied` when Steward's identity is no admin of the workspace. */
  requireAdmin(): Promise<void>
}

const ADMINS = 'admins'

const meAnswer = z.object({
  groups: z
    .array(z.object({ display: z.string().max(1024).nullish() }))
    .max(10_000)
    .default([]),
})

/** What the workspace says of Steward's own identity. */
export function administratorCalls(workspace: JsonApi): AdministratorCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/currentuser/me; right: `readServicePrincipals`. */
    requireAdmin: async () => {
      const call = {
        method: 'GET',
        path: `${SCIM_PATH}/Me`,
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.readServicePrincipals,
        answer: meAnswer,
      } as const
      const { groups } = demand(workspace, call, await workspace.call(call))
      if (groups.some(({ display }) => display === ADMINS)) return
      throw workspace.deny(call, {
        status: 403,
        code: null,
        message: `the identity is not in the group "${ADMINS}", so Databricks shows it no marks of service principals`,
        isTransient: false,
      })
    },
  }
}
