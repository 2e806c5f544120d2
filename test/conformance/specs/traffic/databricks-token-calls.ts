import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

const CLIENT_ID = '33333333-4444-4555-8666-777777777777'

/** Calls and refusals of tokens, of the permissions on them, and of OAuth secrets. */
export async function callDatabricksTokens({ send }: Sender, { cloud }: Stack): Promise<void> {
  const [, host = ''] = cloud.settings.workspaces
  const api = `https://${host}/api/2.0`
  const permissions = `${api}/permissions/authorization/tokens`
  await send(404, 'GET', permissions)
  await send(200, 'GET', `${api}/token/list`)
  const body = { comment: 'conformance', lifetime_seconds: 3600, scopes: ['sql'] }
  const created = await send(200, 'POST', `${api}/token/create`, { body })
  await send(400, 'POST', `${api}/token/create`, { body: { lifetime_seconds: 0 } })
  await send(200, 'GET', `${api}/token/list`)
  const headers = { authorization: `Bearer ${created['token_value']}` }
  await send(200, 'GET', `${api}/preview/scim/v2/Me`, { headers })
  await send(403, 'GET', `${api}/preview/scim/v2/Me`, { headers: { authorization: 'Bearer dapi0' } })

  const { token_infos: infos } = await send(200, 'GET', `${api}/token-management/tokens`)
  const [{ token_id: tokenId } = { token_id: '' }] = infos as { token_id: string }[]
  const { clientId } = cloud.settings.identity
  await send(200, 'GET', `${api}/token-management/tokens?created_by_username=${clientId}`)
  await send(200, 'GET', `${api}/token-management/tokens/${tokenId}`)
  const other = { body: { application_id: clientId } }
  await send(400, 'POST', `${api}/token-management/on-behalf-of/tokens`, other)

  const users = { group_name: 'users', permission_level: 'CAN_USE' }
  await send(200, 'GET', `${permissions}/permissionLevels`)
  await send(200, 'GET', permissions)
  await send(200, 'PATCH', permissions, { body: { access_control_list: [users] } })
  await send(400, 'PUT', permissions, { body: { access_control_list: [users] } })
  await send(200, 'DELETE', `${api}/token-management/tokens/${tokenId}`)
  await send(404, 'GET', `${api}/token-management/tokens/${tokenId}`)
  await send(404, 'POST', `${api}/token/delete`, { body: { token_id: tokenId } })

  const principal = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'], applicationId: CLIENT_ID }
  const { id } = await send(201, 'POST', `${api}/preview/scim/v2/ServicePrincipals`, { body: principal })
  const secrets = `${api}/accounts/servicePrincipals/${id}/credentials/secrets`
  await send(200, 'GET', secrets)
  const secret = await send(200, 'POST', secrets, { body: { lifetime: '900s' } })
  await send(400, 'POST', secrets, { body: { lifetime: '0s' } })
  await send(200, 'GET', secrets)
  const basic = Buffer.from(`${CLIENT_ID}:${secret['secret']}`).toString('base64')
  const form = { headers: { authorization: `Basic ${basic}` } }
  await send(400, 'POST', `https://${host}/oidc/v1/token`, form)
  await send(200, 'GET', `https://${host}/oidc/.well-known/oauth-authorization-server`, { isAnonymous: true })
  await send(200, 'DELETE', `${secrets}/${secret['id']}`)
  await send(404, 'DELETE', `${secrets}/${secret['id']}`)
  await send(204, 'DELETE', `${api}/preview/scim/v2/ServicePrincipals/${id}`)
}
