import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

const SCHEMAS = 'urn:ietf:params:scim:schemas:core:2.0'
const CLIENT_ID = '22222222-3333-4444-8555-666666666666'

const patch = (op: string, path: string, value?: unknown) => ({
  body: {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op, path, ...(value === undefined ? {} : { value }) }],
  },
})

/** The calls and refusals of workspace SCIM that onboardings do not happen to need. */
export async function callDatabricks({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const [, host = ''] = cloud.settings.workspaces
  const scim = `https://${host}/api/2.0/preview/scim/v2`
  await send(200, 'GET', `${scim}/Me`)
  await send(401, 'GET', `${scim}/Me`, { isAnonymous: true })

  const body = {
    schemas: [`${SCHEMAS}:ServicePrincipal`],
    applicationId: CLIENT_ID,
    displayName: 'conformance',
    externalId: 'conformance',
    entitlements: [{ value: 'allow-cluster-create' }],
  }
  const { id } = await send(201, 'POST', `${scim}/ServicePrincipals`, { body })
  const principal = `${scim}/ServicePrincipals/${id}`
  await send(409, 'POST', `${scim}/ServicePrincipals`, { body })
  await send(200, 'GET', principal)
  await send(404, 'GET', `${scim}/ServicePrincipals/1`)
  await send(200, 'GET', `${scim}/ServicePrincipals?filter=applicationId eq "${CLIENT_ID}"&startIndex=1&count=10`)
  await send(200, 'GET', `${scim}/ServicePrincipals?attributes=id,displayName&sortBy=displayName&sortOrder=descending`)
  await send(200, 'PATCH', principal, patch('add', 'entitlements', [{ value: 'workspace-access' }]))
  await send(400, 'PATCH', principal, patch('remove', 'roles'))
  await send(200, 'PUT', principal, { body: { ...body, displayName: 'renamed' } })

  const groupBody = { schemas: [`${SCHEMAS}:Group`], displayName: 'conformance' }
  const group = `${scim}/Groups/${(await send(201, 'POST', `${scim}/Groups`, { body: groupBody }))['id']}`
  await send(409, 'POST', `${scim}/Groups`, { body: groupBody })
  await send(200, 'PATCH', group, patch('add', 'members', [{ value: id }]))
  await send(200, 'GET', group)
  await send(200, 'GET', `${scim}/Groups?filter=displayName eq "conformance"`)
  await send(200, 'PATCH', group, patch('remove', `members[value eq "${id}"]`))
  await send(200, 'PUT', group, { body: { ...groupBody, displayName: 'renamed' } })
  await send(204, 'DELETE', group)
  await send(204, 'DELETE', principal)

  const applicationId = cloud.settings.identity.clientId
  await control.command('databricks', 'setAdmin', { workspace: host, applicationId, admin: false })
  await send(403, 'POST', `${scim}/Groups`, { body: groupBody })
  await control.command('databricks', 'removePrincipal', { workspace: host, applicationId })
  await send(403, 'GET', `${scim}/Me`)
}
