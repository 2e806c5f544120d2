import { z } from 'zod'
import type { JsonApi } from '../json-api.ts'
import { ask, isMissing, isUnknownPrincipal, orderCall, readCall } from './rest.ts'
import { DATABRICKS_RIGHTS } from './rights.ts'

export type AclPermission = 'READ' | 'WRITE' | 'MANAGE'

/** What one principal may do with a scope. */
export interface SecretAcl {
  readonly principal: string
  readonly permission: AclPermission
}

/** Principals are service principals by application id, groups and users by name. */
export interface SecretAclCalls {
  /** Everybody who has a permission of their own on the scope; empty when there is no such scope. */
  listSecretAcls(scope: string): Promise<SecretAcl[]>
  /** Null when the principal has none of its own, or there is no such scope. */
  getSecretAcl(scope: string, principal: string): Promise<AclPermission | null>
  /** Replaces what the principal has. Databricks may say that it is put and apply it minutes later, or never: read it back. */
  putSecretAcl(scope: string, principal: string, permission: AclPermission): Promise<'put' | 'principal-not-there'>
  /** One that is gone already is no error. */
  deleteSecretAcl(scope: string, principal: string): Promise<void>
}

const PATH = '/api/2.0/secrets/acls'

/** The answer's principal is left alone: it is empty at times. */
const aclAnswer = z.object({ permission: z.enum(['READ', 'WRITE', 'MANAGE']) })

const acl = z.object({ principal: z.string().max(1024), permission: z.enum(['READ', 'WRITE', 'MANAGE']) })
/** The API's description says `items`, its example `acls`; absent when there are none. */
const aclsAnswer = z
  .object({ items: z.array(acl).max(10_000).optional(), acls: z.array(acl).max(10_000).optional() })
  .transform(({ items, acls }): SecretAcl[] => items ?? acls ?? [])

/** Calls on who may do what with a secret scope. All throw `upstream-denied`, `upstream-rejected` and what `HttpClient.send` throws. */
export function secretAclCalls(workspace: JsonApi): SecretAclCalls {
  return {
    /** https://docs.databricks.com/api/azure/workspace/secrets/listacls; right: `readSecretAcls`. */
    listSecretAcls: async (scope) => {
      const right = DATABRICKS_RIGHTS.readSecretAcls
      const call = readCall(`${PATH}/list`, { scope }, { right, answer: aclsAnswer })
      return (await ask(workspace, call, (error) => (isMissing(error) ? null : undefined))) ?? []
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/getacl; right: `readSecretAcls`. */
    getSecretAcl: async (scope, principal) => {
      const right = DATABRICKS_RIGHTS.readSecretAcls
      const call = readCall(`${PATH}/get`, { scope, principal }, { right, answer: aclAnswer })
      const found = await ask(workspace, call, (error) => (isMissing(error) ? null : undefined))
      return found?.permission ?? null
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/putacl; right: `changeSecretAcls`. Puts on one scope at the same time lose each other. */
    putSecretAcl: async (scope, principal, permission) => {
      const call = orderCall(`${PATH}/put`, { scope, principal, permission }, DATABRICKS_RIGHTS.changeSecretAcls)
      const outcome = await ask(workspace, call, (error) =>
        isUnknownPrincipal(error, [principal]) ? 'principal-not-there' : undefined,
      )
      return outcome === 'principal-not-there' ? outcome : 'put'
    },

    /** https://docs.databricks.com/api/azure/workspace/secrets/deleteacl; right: `changeSecretAcls`. */
    deleteSecretAcl: async (scope, principal) => {
      const call = orderCall(`${PATH}/delete`, { scope, principal }, DATABRICKS_RIGHTS.changeSecretAcls)
      await ask(workspace, call, (error) => (isMissing(error) ? 'gone' : undefined))
    },
  }
}
