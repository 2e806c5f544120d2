import { z } from 'zod'
import { StewardError } from '../../platform/errors.ts'
import { type ApiCall, demand, type JsonApi, withQuery } from '../json-api.ts'
import type { Right } from '../right.ts'

/** Workspace SCIM (https://docs.databricks.com/api/azure/workspace/serviceprincipals). */
export const SCIM_PATH = '/api/2.0/preview/scim/v2'

export const SCIM_CONTENT_TYPE = 'application/scim+json; charset=utf-8'

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const PAGE_SIZE = 100
/** More than a workspace can hold; a service that never ends its list is broken. */
const MAX_PAGES = 200

/** `attribute eq "value"` with the value as RFC 7644 has it: a JSON string, so that no value can end it. */
export function filterEquals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`
}

export interface ScimQuery<T> {
  /** `/ServicePrincipals` */
  readonly path: string
  readonly filter?: string
  /** `attributes` or `excludedAttributes`. */
  readonly projection: Readonly<Record<string, string>>
  readonly right: Right
  readonly resource: z.ZodType<T>
}

/** Reads a SCIM list to its end; `Resources` is absent when there are none. */
export async function listScim<T>(workspace: JsonApi, query: ScimQuery<T>): Promise<T[]> {
  const page = z.object({
    totalResults: z.int().nonnegative().optional(),
    Resources: z.array(query.resource).max(10_000).default([]),
  })
  const found: T[] = []
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const call = {
      method: 'GET',
      path: withQuery(`${SCIM_PATH}${query.path}`, {
        ...(query.filter === undefined ? {} : { filter: query.filter }),
        ...query.projection,
        startIndex: String(found.length + 1),
        count: String(PAGE_SIZE),
      }),
      isRepeatable: true,
      right: query.right,
      answer: page,
    } as const
    const { Resources, totalResults } = demand(workspace, call, await workspace.call(call))
    found.push(...Resources)
    if (Resources.length === 0 || (totalResults !== undefined && found.length >= totalResults)) return found
  }
  throw new StewardError('upstream-rejected', `GET ${workspace.origin}${SCIM_PATH}${query.path} answers without end.`)
}

/** One PATCH; SCIM has none that counts, so all of ours may be sent again. Success is told by the status alone. */
export function patchCall(path: string, operations: readonly ScimOperation[], right: Right) {
  return {
    method: 'PATCH',
    path: SCIM_PATH + path,
    body: { schemas: [PATCH_SCHEMA], Operations: operations },
    contentType: SCIM_CONTENT_TYPE,
    isRepeatable: true,
    right,
    answer: z.unknown(),
  } as const satisfies ApiCall<unknown>
}

/**
 * `add` on an attribute of one value replaces it and, unlike `replace`, never minds when there is none; `remove` minds
 * (`invalidPath`).
 */
export type ScimOperation =
  | {
      readonly op: 'add'
      readonly path: string
      readonly value: string | readonly { readonly value: string }[]
    }
  | { readonly op: 'remove'; readonly path: string }
