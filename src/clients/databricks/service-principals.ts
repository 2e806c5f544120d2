import { z } from 'zod'
import { idText } from '../answer.ts'
import { type ApiError, demand, type JsonApi } from '../json-api.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'
import { filterEquals, listScim, patchCall, SCIM_CONTENT_TYPE, SCIM_PATH, type ScimOperation } from './scim.ts'

/** A service principal as one workspace knows it. */
export interface WorkspacePrincipal {
  /** SCIM id: the number, as text, that groups and secrets call it by. */
  readonly principalId: string
  /** The Entra client id, or the id that Databricks gave to one of its own. */
  readonly applicationId: string
  readonly displayName: string
  readonly externalId: string | null
  readonly entitlements: readonly string[]
  readonly groups: readonly { readonly groupId: string; readonly displayName: string | null }[]
  readonly isActive: boolean
}

export interface ServicePrincipalCalls {
  /** All of them without a filter. */
  listServicePrincipals(filter?: { applicationId: string }): Promise<WorkspacePrincipal[]>
  getServicePrincipal(principalId: string): Promise<WorkspacePrincipal | null>
  createServicePrincipal(wish: {
    /** Absent for a principal that Databricks manages itself. */
    readonly applicationId?: string
    readonly displayName: string
    readonly externalId: string
    readonly entitlements: readonly string[]
  }): Promise<WorkspacePrincipal | 'already-exists'>
  updateServicePrincipal(
    principalId: string,
    change: { readonly addEntitlements?: readonly string[]; readonly externalId?: string },
  ): Promise<void>
  /** One that is gone already is no error. */
  deleteServicePrincipal(principalId: string): Promise<void>
  /** Takes the external id, our mark, away; the principal stays. One that is gone or bears none is no error. */
  releaseServicePrincipal(principalId: string): Promise<void>
}

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'
const PATH = '/ServicePrincipals'
/** Roles are of no use here, and reading them is what makes the SCIM service slow. */
const WITHOUT_ROLES = { excludedAttributes: 'roles' }

const principalAnswer = z
  .object({
    id: idText,
    applicationId: idText,
    displayName: z.string().max(1024).nullish(),
    externalId: z.string().max(1024).nullish(),
    active: z.boolean().default(true),
    entitlements: z
      .array(z.object({ value: z.string().max(256) }))
      .max(1000)
      .default([]),
    groups: z
      .array(z.object({ value: idText, display: z.string().max(1024).nullish() }))
      .max(10_000)
      .default([]),
  })
  .transform(
    ({ id, applicationId, displayName, externalId, active, entitlements, groups }): WorkspacePrincipal => ({
      principalId: id,
      applicationId,
      displayName: displayName ?? '',
      externalId: externalId ?? null,
      entitlements: entitlements.map(({ value }) => value),
      groups: groups.map(({ value, display }) => ({ groupId: value, displayName: display ?? null })),
      isActive: active,
    }),
  )

/** Calls on a workspace's service principals. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function servicePrincipalCalls(workspace: JsonApi): ServicePrincipalCalls {
  const pathOf = (principalId: string): string => `${PATH}/${encodeURIComponent(principalId)}`

  return {
    /**
     * https://docs.databricks.com/api/azure/workspace/serviceprincipals/list; right: `readServicePrincipals`. A list lags
     * behind creates and changes by seconds.
     */
    listServicePrincipals: (filter) =>
      listScim(workspace, {
        path: PATH,
        ...(filter ? { filter: filterEquals('applicationId', filter.applicationId) } : {}),
        projection: WITHOUT_ROLES,
        right: DATABRICKS_RIGHTS.readServicePrincipals,
        resource: principalAnswer,
      }),

    /** https://docs.databricks.com/api/azure/workspace/serviceprincipals/get; right: `readServicePrincipals`. */
    getServicePrincipal: async (principalId) => {
      const call = {
        method: 'GET',
        path: `${SCIM_PATH}${pathOf(principalId)}`,
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.readServicePrincipals,
        answer: principalAnswer,
      } as const
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused' && isMissing(outcome.error)) return null
      return demand(workspace, call, outcome)
    },

    /**
     * https://docs.databricks.com/api/azure/workspace/serviceprincipals/create; right: `createServicePrincipal`. The same
     * application id is refused a second time; one that Databricks manages is made anew by each call. Nobody checks that
     * the application exists. Also throws `outcome-unknown`.
     */
    createServicePrincipal: async ({ applicationId, displayName, externalId, entitlements }) => {
      const call = {
        method: 'POST',
        path: SCIM_PATH + PATH,
        body: {
          schemas: [SCHEMA],
          ...(applicationId === undefined ? {} : { applicationId }),
          displayName,
          externalId,
          active: true,
          entitlements: entitlements.map((value) => ({ value })),
        },
        contentType: SCIM_CONTENT_TYPE,
        isRepeatable: false,
        right: DATABRICKS_RIGHTS.createServicePrincipal,
        answer: principalAnswer,
      } as const
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused' && isAlreadyThere(outcome.error)) return 'already-exists'
      return demand(workspace, call, outcome)
    },

    /** https://docs.databricks.com/api/azure/workspace/serviceprincipals/patch; right: `changeServicePrincipal`. Adds only; nobody else's entitlement is touched. */
    updateServicePrincipal: async (principalId, { addEntitlements = [], externalId }) => {
      const operations: ScimOperation[] = []
      if (addEntitlements.length > 0) {
        operations.push({ op: 'add', path: 'entitlements', value: addEntitlements.map((value) => ({ value })) })
      }
      if (externalId !== undefined) operations.push({ op: 'add', path: 'externalId', value: externalId })
      if (operations.length === 0) return
      const call = patchCall(pathOf(principalId), operations, DATABRICKS_RIGHTS.changeServicePrincipal)
      demand(workspace, call, await workspace.call(call))
    },

    /** https://docs.databricks.com/api/azure/workspace/serviceprincipals/delete; right: `deleteServicePrincipal`. Its home folder stays. */
    deleteServicePrincipal: async (principalId) => {
      const call = {
        method: 'DELETE',
        path: `${SCIM_PATH}${pathOf(principalId)}`,
        isRepeatable: true,
        right: DATABRICKS_RIGHTS.deleteServicePrincipal,
        answer: z.unknown(),
      } as const
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused' && isMissing(outcome.error)) return
      demand(workspace, call, outcome)
    },

    /** https://docs.databricks.com/api/azure/workspace/serviceprincipals/patch; right: `changeServicePrincipal`. */
    releaseServicePrincipal: async (principalId) => {
      const call = patchCall(
        pathOf(principalId),
        [{ op: 'remove', path: 'externalId' }],
        DATABRICKS_RIGHTS.changeServicePrincipal,
      )
      const outcome = await workspace.call(call)
      if (outcome.kind === 'refused' && (isMissing(outcome.error) || hasNoSuchAttribute(outcome.error))) return
      demand(workspace, call, outcome)
    },
  }
}

const MISSING: ReadonlySet<string | null> = new Set(['SCIM_404', 'RESOURCE_DOES_NOT_EXIST', 'NOT_FOUND'])
const ALREADY_THERE: ReadonlySet<string | null> = new Set(['SCIM_409', 'RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS'])

/** Whether the workspace itself, not something in front of it, says that what the path names is not there. */
function isMissing({ status, code }: ApiError): boolean {
  return status === 404 && MISSING.has(code)
}

function isAlreadyThere({ status, code }: ApiError): boolean {
  return [400, 409].includes(status) && ALREADY_THERE.has(code)
}

/** What removing an attribute that has no value gives. */
function hasNoSuchAttribute({ status, message }: ApiError): boolean {
  return status === 400 && /^invalidPath\b|No such attribute/.test(message)
}
