import { describe, expect, test } from 'vitest'
import { TENANT_ID } from '../pretend-world.ts'
import { createSignInClient, DATABRICKS, DAY_MS, type Registration, readClaims, register } from './sign-in-client.ts'

function formOf({ application }: Registration, change: Record<string, string> = {}): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_id: application.appId,
    client_secret: 'right',
    scope: `${DATABRICKS}/.default`,
    ...change,
  }
}

describe('signing in with a client secret', () => {
  test('gives a token of the service principal for the resource', async () => {
    const { world, requestToken } = createSignInClient()
    const registration = register(world)
    const { status, body } = await requestToken(formOf(registration))
    expect({ status, ...body }).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 3599 })
    const { exp, ...claims } = readClaims(body.access_token)
    expect(claims).toMatchObject({
      aud: DATABRICKS,
      iss: `https://sts.windows.net/${TENANT_ID}/`,
      appid: registration.application.appId,
      oid: registration.servicePrincipalId,
      sub: registration.servicePrincipalId,
      tid: TENANT_ID,
    })
    expect(exp * 1000 - world.clock.now()).toBeGreaterThan(3590_000)
    expect(world.tokens.verify(`Bearer ${body.access_token}`, [DATABRICKS]).kind).toBe('valid')
  })

  test('version 1 asks for a resource and answers in strings', async () => {
    const { world, requestToken } = createSignInClient()
    const { scope: _, ...form } = formOf(register(world))
    const url = `https://login.microsoftonline.com/${TENANT_ID}/oauth2/token`
    const resource = 'https://management.core.windows.net/'
    const { status, body } = await requestToken({ ...form, resource }, url)
    expect({ status, ...body }).toMatchObject({ status: 200, expires_in: '3599', resource })
    expect(body.expires_on).toMatch(/^\d+$/)
    expect(readClaims(body.access_token).aud).toBe(resource)
  })

  test('Graph roles are in tokens for Graph and in no others', async () => {
    const { world, requestToken } = createSignInClient()
    const registration = register(world)
    world.directory.servicePrincipals.get(registration.servicePrincipalId)?.graphRoles.add('Application.Read.All')
    const graph = await requestToken(formOf(registration, { scope: 'https://graph.microsoft.com/.default' }))
    expect(readClaims(graph.body.access_token).roles).toEqual(['Application.Read.All'])
    const databricks = await requestToken(formOf(registration))
    expect(readClaims(databricks.body.access_token)).not.toHaveProperty('roles')
  })

  test.each([
    ['login.microsoftonline.us', 'https://vault.usgovcloudapi.net', 'sts.windows.net'],
    ['login.chinacloudapi.cn', 'https://vault.azure.cn', 'sts.chinacloudapi.cn'],
  ])('%s issues for the resources of its cloud only', async (host, resource, issuer) => {
    const { world, requestToken } = createSignInClient()
    const registration = register(world)
    const url = `https://${host}/${TENANT_ID}/oauth2/v2.0/token`
    const { body } = await requestToken(formOf(registration, { scope: `${resource}/.default` }), url)
    expect(readClaims(body.access_token)).toMatchObject({ aud: resource, iss: `https://${issuer}/${TENANT_ID}/` })
    const foreign = await requestToken(formOf(registration, { scope: 'https://vault.azure.net/.default' }), url)
    expect(foreign.body.error_codes).toEqual([500011])
  })

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['no credential', { client_secret: '' }, 401, 'invalid_client', 7000215],
    ['an unknown client', { client_id: DATABRICKS }, 400, 'unauthorized_client', 700016],
    ['an unknown resource', { scope: 'https://nowhere.example/.default' }, 400, 'invalid_resource', 500011],
    ['a scope that is not the default one', { scope: `${DATABRICKS}/all` }, 400, 'invalid_scope', 1002012],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['no grant', { grant_type: '' }, 400, 'invalid_request', 900144],
  ])('refuses %s', async (_, change, status, error, code) => {
    const { world, requestToken } = createSignInClient()
    const answer = await requestToken(formOf(register(world), change))
    expect(answer).toMatchObject({ status, body: { error, error_codes: [code], correlation_id: 'mine' } })
    expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Timestamp: .+Z$`))
    expect(answer.body.error_uri).toBe(`https://login.microsoftonline.com/error?code=${code}`)
  })

  test('refuses another tenant', async () => {
    const { world, requestToken } = createSignInClient()
    const url = `https://login.microsoftonline.com/${DATABRICKS}/oauth2/v2.0/token`
    const { status, body } = await requestToken(formOf(register(world)), url)
    expect({ status, codes: body.error_codes }).toEqual({ status: 400, codes: [90002] })
  })

  test('a new secret is not taken before it has replicated', async () => {
    const { world, requestToken } = createSignInClient()
    const registration = register(world, { secret: { usableAt: world.clock.now() + 60_000 } })
    expect((await requestToken(formOf(registration))).body.error_codes).toEqual([7000215])
    world.clock.advance(60_000)
    expect((await requestToken(formOf(registration))).status).toBe(200)
  })

  test('an expired secret is told from a wrong one', async () => {
    const { world, requestToken } = createSignInClient()
    const registration = register(world)
    world.clock.advance(DAY_MS)
    expect(await requestToken(formOf(registration))).toMatchObject({ status: 401, body: { error_codes: [7000222] } })
  })

  test('a deleted or unreplicated application is unknown, one without a service principal is told apart', async () => {
    const { world, requestToken } = createSignInClient()
    const registration = register(world)
    const { application, servicePrincipalId } = registration
    world.directory.servicePrincipals.delete(servicePrincipalId)
    expect((await requestToken(formOf(registration))).body.error_codes).toEqual([7000229])
    application.deletedAt = world.clock.now()
    expect((await requestToken(formOf(registration))).body.error_codes).toEqual([700016])
  })
})
