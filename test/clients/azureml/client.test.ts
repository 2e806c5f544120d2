import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMachineLearningClient, type MachineLearningClient } from '../../../src/clients/azureml/client.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { type ScriptedService, startScriptedService } from '../../support/scripted-service.ts'
import { createTestHttp } from '../../support/test-http.ts'

const PROVIDER =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices'
const WORKSPACE = `${PROVIDER}/workspaces/mlw`
const REGISTRY = `${PROVIDER}/registries/reg`

let service: ScriptedService
let client: MachineLearningClient
let lines: readonly string[]

beforeEach(async () => {
  service = await startScriptedService()
  const test = createTestHttp(service.fetch)
  lines = test.lines
  client = createMachineLearningClient({
    http: test.http,
    token: async () => new Secret('arm-token'),
    host: 'management.azure.com',
    identityLabel: 'identity-1',
  })
})

afterEach(() => service.stop())

describe.each([
  ['a workspace', WORKSPACE, () => client.getWorkspace(WORKSPACE)],
  ['a registry', REGISTRY, () => client.getRegistry(REGISTRY)],
])('%s', (_what, resourceId, get) => {
  it('has an id, a name and a location', async () => {
    service.on('GET', resourceId, {
      body: { id: resourceId, name: 'mlw', location: 'westeurope', kind: 'Default', properties: {} },
    })
    expect(await get()).toEqual({ resourceId, name: 'mlw', location: 'westeurope' })
    expect(service.requests[0]?.url.href).toBe(`https://management.azure.com${resourceId}?api-version=2024-04-01`)
    expect(service.requests[0]?.headers.authorization).toBe('Bearer arm-token')
  })

  it('may not be there', async () => {
    service.on('GET', resourceId, { status: 404, body: { error: { code: 'ResourceNotFound', message: 'none' } } })
    expect(await get()).toBeNull()
  })

  it('is not taken for missing because of something in front of it', async () => {
    service.on('GET', resourceId, { status: 404, body: '<html>not found</html>' })
    await expect(get()).rejects.toMatchObject({ code: 'upstream-rejected' })
  })

  it('that is denied says which identity lacks Reader, and leaves out the token', async () => {
    service.on('GET', resourceId, {
      status: 403,
      body: {
        error: { code: 'AuthorizationFailed', message: "does not have authorization to perform action 'x/read'" },
      },
    })
    const error: unknown = await get().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/identity-1.*role Reader.*az role assignment create.*AuthorizationFailed/s),
    })
    expect(`${String(error)} ${JSON.stringify(error)} ${lines.join()}`).not.toContain('arm-token')
  })

  it('is not something without a name', async () => {
    service.on('GET', resourceId, { body: { id: resourceId, location: 'westeurope' } })
    await expect(get()).rejects.toMatchObject({ code: 'upstream-rejected', message: expect.stringContaining('name') })
  })
})
