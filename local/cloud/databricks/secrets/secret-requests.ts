import { z } from 'zod'
import { aclPermissions } from './secret-scope.ts'

export const createScopeBody = z.strictObject({
  scope: z.string(),
  scope_backend_type: z.enum(['DATABRICKS', 'AZURE_KEYVAULT']).default('DATABRICKS'),
  backend_azure_keyvault: z
    .strictObject({ resource_id: z.string(), dns_name: z.string(), tenant_id: z.string().optional() })
    .optional(),
  initial_manage_principal: z.string().optional(),
})

export const deleteScopeBody = z.strictObject({ scope: z.string() })

/** Lists of scopes take no parameter. */
export const noQuery = z.strictObject({})

export const putSecretBody = z.strictObject({
  scope: z.string(),
  key: z.string(),
  string_value: z.string().optional(),
  bytes_value: z.base64().optional(),
})

export const deleteSecretBody = z.strictObject({ scope: z.string(), key: z.string() })

export const getSecretQuery = z.strictObject({ scope: z.string(), key: z.string() })

/** Of lists of secrets and of ACLs. */
export const scopeQuery = z.strictObject({ scope: z.string() })

export const putAclBody = z.strictObject({
  scope: z.string(),
  principal: z.string(),
  permission: z.enum(aclPermissions),
})

/** Also the body of a deletion. */
export const aclQuery = z.strictObject({ scope: z.string(), principal: z.string() })
