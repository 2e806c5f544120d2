import type { Stack } from '../../../../local/stack.ts'
import { getIdentityToken } from '../../identity-token.ts'
import type { Sender } from './sender.ts'

const VAULT = 'kv-etl-prod.vault.azure.net'

interface Resources {
  readonly resources: readonly { readonly id: string; readonly host: string | null }[]
}

/** Calls and refusals of secret scopes of both backends, of their secrets and ACLs. */
export async function callDatabricksSecrets({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const [, host = ''] = cloud.settings.workspaces
  const secrets = `https://${host}/api/2.0/secrets`
  const scope = { scope: 'conformance' }
  const secret = { ...scope, key: 'password' }
  await send(401, 'GET', `${secrets}/scopes/list`, { isAnonymous: true })
  await send(200, 'GET', `${secrets}/scopes/list`)
  await send(400, 'POST', `${secrets}/scopes/create`, { body: { ...scope, initial_manage_principal: 'admins' } })
  await send(200, 'POST', `${secrets}/scopes/create`, { body: scope })
  await send(400, 'POST', `${secrets}/scopes/create`, { body: { ...scope, scope_backend_type: 'DATABRICKS' } })
  await send(200, 'GET', `${secrets}/list?scope=conformance`)
  await send(200, 'POST', `${secrets}/put`, { body: { ...secret, string_value: 'kept-by-databricks' } })
  await send(200, 'POST', `${secrets}/put`, { body: { ...scope, key: 'bytes', bytes_value: 'a2VwdA==' } })
  await send(400, 'POST', `${secrets}/put`, { body: secret })
  await send(200, 'GET', `${secrets}/list?scope=conformance`)
  await send(200, 'GET', `${secrets}/get?scope=conformance&key=password`)
  await send(404, 'GET', `${secrets}/get?scope=conformance&key=none`)
  await send(200, 'POST', `${secrets}/delete`, { body: secret })

  const acl = { ...scope, principal: 'users' }
  await send(200, 'POST', `${secrets}/acls/put`, { body: { ...acl, permission: 'READ' } })
  await send(404, 'POST', `${secrets}/acls/put`, { body: { ...acl, principal: 'nobody', permission: 'READ' } })
  await send(200, 'GET', `${secrets}/acls/get?scope=conformance&principal=users`)
  await send(200, 'GET', `${secrets}/acls/list?scope=conformance`)
  await send(200, 'POST', `${secrets}/acls/delete`, { body: acl })
  await send(404, 'GET', `${secrets}/acls/get?scope=conformance&principal=users`)
  await send(200, 'POST', `${secrets}/scopes/delete`, { body: scope })
  await send(404, 'POST', `${secrets}/scopes/delete`, { body: scope })

  const { resources } = await control.command<Resources>('arm', 'inspect')
  const idOf = (name: string): string => resources.find((resource) => resource.host === name)?.id ?? ''
  const body = {
    ...scope,
    scope_backend_type: 'AZURE_KEYVAULT',
    backend_azure_keyvault: { resource_id: idOf(VAULT), dns_name: `https://${VAULT}/` },
  }
  const headers = {
    'x-databricks-azure-sp-management-token': await getIdentityToken(cloud, 'https://management.core.windows.net/'),
    'x-databricks-azure-workspace-resource-id': idOf(host),
  }
  await send(400, 'POST', `${secrets}/scopes/create`, { body })
  await send(200, 'POST', `${secrets}/scopes/create`, { body, headers })
  await send(200, 'GET', `${secrets}/scopes/list`)
  await send(200, 'GET', `${secrets}/list?scope=conformance`)
  await send(400, 'POST', `${secrets}/put`, { body: { ...secret, string_value: 'not-to-be-put' } })
  await send(200, 'POST', `${secrets}/scopes/delete`, { body: scope })
}
