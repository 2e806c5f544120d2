import type { Stack } from '../../../../local/stack.ts'
import type { Sender } from './sender.ts'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'
const UNKNOWN = '11111111-2222-4333-8444-555555555555'
const APPLICATION_READ_ALL = '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30'

/** The calls and refusals of Graph that onboardings do not happen to need. */
export async function callGraph({ send }: Sender, { control, cloud }: Stack): Promise<void> {
  const { objectId } = cloud.settings.identity
  await control.command('graph', 'setGraphRoles', {
    oid: objectId,
    roles: ['Application.ReadWrite.OwnedBy', 'AppRoleAssignment.ReadWrite.All'],
    atOnce: true,
  })
  const body = { displayName: 'conformance', signInAudience: 'AzureADMyOrg', tags: ['conformance'] }
  const { id, appId } = await send(201, 'POST', `${GRAPH}/applications`, { body })
  const application = `${GRAPH}/applications/${id}`
  await send(200, 'GET', `${GRAPH}/applications?$filter=appId eq '${appId}'&$select=id,appId,displayName&$top=5`)
  await send(200, 'GET', `${GRAPH}/applications(appId='${appId}')`)
  await send(204, 'PATCH', application, { body: { displayName: 'renamed', notes: 'by the conformance checks' } })

  const password = { displayName: 'conformance', endDateTime: '2027-06-01T00:00:00Z' }
  const { keyId } = await send(200, 'POST', `${application}/addPassword`, { body: { passwordCredential: password } })
  await send(204, 'POST', `${application}/removePassword`, { body: { keyId } })

  const issuer = `https://login.microsoftonline.com/${cloud.settings.tenantId}/v2.0`
  const credential = { name: 'conformance', issuer, subject: objectId, audiences: ['api://AzureADTokenExchange'] }
  const credentials = `${application}/federatedIdentityCredentials`
  const federated = await send(201, 'POST', credentials, { body: credential })
  await send(409, 'POST', credentials, { body: credential })
  await send(200, 'GET', credentials)
  await send(200, 'GET', `${credentials}/${federated['id']}`)
  await send(204, 'PATCH', `${credentials}/${federated['id']}`, { body: { description: 'changed' } })
  await send(204, 'DELETE', `${credentials}/${federated['id']}`)

  const principal = await send(201, 'POST', `${GRAPH}/servicePrincipals`, { body: { appId } })
  await send(409, 'POST', `${GRAPH}/servicePrincipals`, { body: { appId } })
  await send(200, 'GET', `${GRAPH}/servicePrincipals?$filter=appId eq '${appId}'`)
  await send(204, 'PATCH', `${GRAPH}/servicePrincipals/${principal['id']}`, { body: { tags: ['conformance'] } })
  const graph = await send(200, 'GET', `${GRAPH}/servicePrincipals(appId='${GRAPH_APP_ID}')`)
  await send(201, 'POST', `${GRAPH}/servicePrincipals/${principal['id']}/appRoleAssignments`, {
    body: { principalId: principal['id'], resourceId: graph['id'], appRoleId: APPLICATION_READ_ALL },
  })
  await send(200, 'GET', `${GRAPH}/servicePrincipals/${principal['id']}/appRoleAssignments`)

  const foreign = await control.command<{ objectId: string }>('graph', 'createApplication', { displayName: 'not-ours' })
  await send(401, 'GET', `${GRAPH}/applications`, { isAnonymous: true })
  await send(403, 'PATCH', `${GRAPH}/applications/${foreign.objectId}`, { body: { displayName: 'taken-over' } })
  await send(404, 'GET', `${GRAPH}/applications/${UNKNOWN}`)
  await send(404, 'GET', `${GRAPH}/servicePrincipals(appId='${UNKNOWN}')`)
  await send(400, 'POST', `${GRAPH}/applications`, { body: {} })

  await send(204, 'DELETE', `${GRAPH}/servicePrincipals/${principal['id']}`)
  await send(204, 'DELETE', application)
}
