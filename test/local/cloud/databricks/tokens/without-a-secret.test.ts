import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CloudPlace, startCloud } from '../../../../../local/cloud/cloud.ts'
import { type CloudControl, createControl } from '../../../../../local/cloud/control.ts'
import { createServices } from '../../../../../local/cloud/services.ts'
import { DEFAULT_SETTINGS } from '../../../../../local/cloud/settings.ts'
import { createOutsider, type Outsider } from '../../../../../local/outsider.ts'
import { DATABRICKS_RESOURCE, getIdentityToken } from '../../../../conformance/identity-token.ts'
import type { Answer } from '../workspace-client.ts'

const EXCHANGE = 'api://AzureADTokenExchange'
const { tenantId, identity, workspaces } = DEFAULT_SETTINGS
const WORKSPACE = `https://${workspaces[0]}/api/2.0`

let close: () => Promise<void>
let place: CloudPlace
let control: CloudControl
let outsider: Outsider

beforeAll(async () => {
  const cloud = await startCloud({ settings: DEFAULT_SETTINGS, createServices, proxyPort: 0 })
  ;({ place, close } = cloud)
  control = createControl(place.controlUrl)
  outsider = await createOutsider(place)
})

afterAll(() => close())

interface Registered {
  readonly objectId: string
  readonly appId: string
}

async function call(method: string, url: string, token: string, body?: unknown): Promise<Answer> {
  const answer = await outsider.call(method, url, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: answer.body === '' ? null : JSON.parse(answer.body) }
}

/** What Entra ID answers when the identity's token is presented for the application. */
async function exchange(appId: string): Promise<{ access_token?: string; error_codes?: number[] }> {
  const { body } = await outsider.call('POST', `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await getIdentityToken(place, EXCHANGE),
      scope: `${DATABRICKS_RESOURCE}/.default`,
    }).toString(),
  })
  return JSON.parse(body)
}

async function trustIdentity({ objectId }: Registered, subject: string): Promise<number> {
  const url = `https://graph.microsoft.com/v1.0/applications/${objectId}/federatedIdentityCredentials`
  const { status } = await call('POST', url, await getIdentityToken(place, 'https://graph.microsoft.com'), {
    name: 'steward',
    issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
    subject,
    audiences: [EXCHANGE],
  })
  return status
}

const register = (): Promise<Registered> =>
  control.command('graph', 'createApplication', { displayName: 'etl', owners: [identity.objectId] })

test("a principal gets its token by the identity's, without a secret of its own", async () => {
  const application = await register()
  const { appId } = application
  expect(await trustIdentity(application, identity.objectId)).toBe(201)
  const { access_token: entraToken = '' } = await exchange(appId)

  expect((await call('POST', `${WORKSPACE}/token/create`, entraToken, {})).status).toBe(403)
  await control.command('databricks', 'seed', { resources: [{ kind: 'ServicePrincipal', applicationId: appId }] })
  await control.command('databricks', 'tokenPermissions', { bornWithFirstToken: false })
  const use = { service_principal_name: appId, permission_level: 'CAN_USE' }
  const admin = await getIdentityToken(place, DATABRICKS_RESOURCE)
  await call('PATCH', `${WORKSPACE}/permissions/authorization/tokens`, admin, { access_control_list: [use] })

  const created = await call('POST', `${WORKSPACE}/token/create`, entraToken, {
    comment: 'etl',
    lifetime_seconds: 3600,
  })
  expect(created.status).toBe(200)
  const me = await call('GET', `${WORKSPACE}/preview/scim/v2/Me`, created.body.token_value)
  expect(me).toMatchObject({ status: 200, body: { userName: appId } })
  const managed = await call('GET', `${WORKSPACE}/token-management/tokens?created_by_username=${appId}`, admin)
  expect(managed.body.token_infos).toMatchObject([{ token_id: created.body.token_info.token_id, comment: 'etl' }])
})

test('an application that does not trust the identity is refused', async () => {
  const application = await register()
  expect((await exchange(application.appId)).error_codes).toEqual([70021])
  await trustIdentity(application, identity.clientId)
  expect((await exchange(application.appId)).error_codes).toEqual([700213])
})

test('trust takes its time to arrive', async () => {
  const application = await register()
  await control.command('graph', 'lag', { federatedMs: 60_000 })
  await trustIdentity(application, identity.objectId)
  expect((await exchange(application.appId)).error_codes).toEqual([70021])
  await control.advanceClock(60_000)
  expect(await exchange(application.appId)).toHaveProperty('access_token')
})
