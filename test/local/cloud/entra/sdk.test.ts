import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setDefaultCACertificates } from 'node:tls'
import {
  ClientAssertionCredential,
  type ClientAssertionCredentialOptions,
  ClientSecretCredential,
  ManagedIdentityCredential,
} from '@azure/identity'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createScratchAuthority } from '../../../../local/cloud/certificates.ts'
import { createIdentityEndpoint } from '../../../../local/cloud/entra/identity-endpoint.ts'
import { createFaultBook } from '../../../../local/cloud/faults.ts'
import { listen, startFront } from '../../../../local/cloud/front.ts'
import { createHoldRoom } from '../../../../local/cloud/holds.ts'
import { createRequestLog } from '../../../../local/cloud/request-log.ts'
import { createRouter } from '../../../../local/cloud/router.ts'
import { STEWARD, TENANT_ID } from '../pretend-world.ts'
import { createSignInClient, DATABRICKS, DAY_MS, readClaims, register } from './sign-in-client.ts'

const { world, service } = createSignInClient()
const stops: (() => unknown)[] = []
let options: ClientAssertionCredentialOptions

beforeAll(async () => {
  const authority = await createScratchAuthority()
  const folder = await mkdtemp(join(tmpdir(), 'steward-sign-in-'))
  const log = createRequestLog(join(folder, 'requests.jsonl'), undefined)
  const services = [service, createIdentityEndpoint(world, world.tokens, 'secret header')]
  const route = createRouter({
    services,
    faults: createFaultBook(),
    holds: createHoldRoom(),
    log,
    latency: new Map(),
  })
  const front = await startFront({ authority, route, owns: service.owns, log, port: 0 })
  const identityServer = createServer((request, response) => void route('127.0.0.1', request, response))
  await listen(identityServer, 0)
  stops.push(
    () => front.close(),
    () => identityServer.closeAllConnections(),
    () => identityServer.close(),
    () => rm(folder, { recursive: true }),
  )
  vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${(identityServer.address() as AddressInfo).port}/msi/token`)
  vi.stubEnv('IDENTITY_HEADER', 'secret header')
  // The SDK ignores certificates among its own options once a proxy is set.
  setDefaultCACertificates([authority.certificate])
  const { hostname, port } = new URL(front.proxyUrl)
  options = {
    proxyOptions: { host: `http://${hostname}`, port: Number(port) },
    retryOptions: { maxRetries: 0 },
  }
})

afterAll(async () => {
  vi.unstubAllEnvs()
  for (const stop of stops) await stop()
})

describe('the identity SDK', () => {
  test('signs in with a client secret', async () => {
    const { application, servicePrincipalId } = register(world)
    const credential = new ClientSecretCredential(TENANT_ID, application.appId, 'right', options)
    const { token, expiresOnTimestamp } = await credential.getToken(`${DATABRICKS}/.default`)
    expect(readClaims(token)).toMatchObject({ aud: DATABRICKS, oid: servicePrincipalId })
    expect(expiresOnTimestamp - world.clock.now()).toBeGreaterThan(3590_000)
  })

  test('reports the refusal of a secret with its code', async () => {
    const { application } = register(world)
    const credential = new ClientSecretCredential(TENANT_ID, application.appId, 'wrong', options)
    await expect(credential.getToken(`${DATABRICKS}/.default`)).rejects.toThrow(/AADSTS7000215: /)
  })

  test("gets the identity's token for a day", async () => {
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential({
      clientId: STEWARD.clientId,
      retryOptions: { maxRetries: 0 },
    }).getToken('https://vault.azure.net/.default')
    expect(readClaims(token)).toMatchObject({ aud: 'https://vault.azure.net', oid: STEWARD.objectId })
    expect(expiresOnTimestamp - world.clock.now()).toBeGreaterThan(DAY_MS - 10_000)
  })

  test("exchanges the identity's token for one of the application", async () => {
    const { application, servicePrincipalId } = register(world, { federated: { subject: STEWARD.objectId } })
    const identity = new ManagedIdentityCredential({ clientId: STEWARD.clientId, retryOptions: { maxRetries: 0 } })
    const assert = async (): Promise<string> => (await identity.getToken('api://AzureADTokenExchange/.default')).token
    const credential = new ClientAssertionCredential(TENANT_ID, application.appId, assert, options)
    const { token } = await credential.getToken(`${DATABRICKS}/.default`)
    expect(readClaims(token)).toMatchObject({ aud: DATABRICKS, oid: servicePrincipalId, appid: application.appId })
  })

  test('an identity that is not on the app is refused, not looked for elsewhere', async () => {
    const credential = new ManagedIdentityCredential({ clientId: TENANT_ID, retryOptions: { maxRetries: 0 } })
    await expect(credential.getToken('https://vault.azure.net/.default')).rejects.toMatchObject({
      name: 'CredentialUnavailableError',
    })
  })
})
