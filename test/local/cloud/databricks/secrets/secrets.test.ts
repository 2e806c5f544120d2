import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabricksService } from '../../../../../local/cloud/databricks/service.ts'
import type { CloudService } from '../../../../../local/cloud/service.ts'
import { command, createPretendWorld, STRANGER } from '../../pretend-world.ts'
import { createSend } from '../workspace-client.ts'
import { createSecretCalls, refusal, type SecretCalls } from './secret-client.ts'

const SCOPE = { scope: 'etl' }
const SECRET = { ...SCOPE, key: 'password' }

let service: CloudService
let secrets: SecretCalls

beforeEach(async () => {
  const world = createPretendWorld()
  service = createDatabricksService(world)
  secrets = createSecretCalls(createSend(world, service))
  command(service, 'seed', { resources: [{ kind: 'ServicePrincipal', applicationId: STRANGER.clientId }] })
  await secrets.post('scopes/create', SCOPE)
})

const allow = (permission: string) => secrets.post('acls/put', { ...SCOPE, principal: STRANGER.clientId, permission })

describe('secrets that Databricks keeps', () => {
  it('are put, listed without values, read as base64 and deleted', async () => {
    expect(await secrets.post('put', { ...SECRET, string_value: 'grüß' })).toEqual({ status: 200, body: {} })
    const listed = (await secrets.get('list', SCOPE)).body
    expect(listed).toEqual({ secrets: [{ key: 'password', last_updated_timestamp: expect.any(Number) }] })
    expect((await secrets.get('get', SECRET)).body).toEqual({ key: 'password', value: 'Z3LDvMOf' })
    expect(await secrets.post('delete', { ...SCOPE, key: 'PASSWORD' })).toEqual({ status: 200, body: {} })
    expect((await secrets.get('list', SCOPE)).body).toEqual({})
    const gone = refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Secret does not exist with scope: etl and key: password')
    expect(await secrets.get('get', SECRET)).toMatchObject(gone)
    expect(await secrets.post('delete', SECRET)).toMatchObject(gone)
  })

  it('are replaced by a put of the same name, whatever its case', async () => {
    await secrets.post('put', { ...SECRET, string_value: 'old' })
    await secrets.post('put', { ...SCOPE, key: 'Password', bytes_value: Buffer.from('new').toString('base64') })
    expect((await secrets.get('list', SCOPE)).body.secrets).toHaveLength(1)
    expect(command(service, 'workspaceSecretValues')).toEqual({ values: ['new'] })
  })

  it.each([
    ['no value', {}],
    ['two values', { string_value: 'a', bytes_value: 'YQ==' }],
    ['more than 128 KiB', { string_value: 'x'.repeat(128 * 1024 + 1) }],
    ['a key with a slash', { key: 'a/b', string_value: 'a' }],
  ])('are refused with %s', async (_, body) => {
    const answer = await secrets.post('put', { ...SECRET, ...body })
    expect(answer).toMatchObject(refusal(400, 'INVALID_PARAMETER_VALUE', expect.any(String)))
  })

  it('are a thousand in a scope at the most', async () => {
    const resources = Array.from({ length: 1000 }, (_, index) => ({
      kind: 'Secret',
      ...SCOPE,
      key: `key-${index}`,
      value: 'v',
    }))
    command(service, 'seed', { resources })
    expect(await secrets.post('put', { ...SECRET, string_value: 'v' })).toMatchObject(
      refusal(400, 'RESOURCE_LIMIT_EXCEEDED', expect.any(String)),
    )
    expect((await secrets.post('put', { ...SCOPE, key: 'key-1', string_value: 'new' })).status).toBe(200)
  })

  it('are read with READ and written with WRITE only', async () => {
    await secrets.post('put', { ...SECRET, string_value: 'v' })
    const as = { as: STRANGER }
    const denied = (permission: string) =>
      refusal(
        403,
        'PERMISSION_DENIED',
        `User ${STRANGER.clientId} does not have ${permission} permission on scope etl.`,
      )
    expect(await secrets.get('list', SCOPE, as)).toMatchObject(denied('READ'))
    expect(await secrets.get('get', SECRET, as)).toMatchObject(denied('READ'))
    await allow('READ')
    expect((await secrets.get('list', SCOPE, as)).status).toBe(200)
    expect((await secrets.get('get', SECRET, as)).status).toBe(200)
    expect(await secrets.post('put', { ...SECRET, string_value: 'w' }, as)).toMatchObject(denied('WRITE'))
    expect(await secrets.post('delete', SECRET, as)).toMatchObject(denied('WRITE'))
    await allow('WRITE')
    expect((await secrets.post('put', { ...SECRET, string_value: 'w' }, as)).status).toBe(200)
    expect((await secrets.post('delete', SECRET, as)).status).toBe(200)
    expect(await secrets.get('acls/list', SCOPE, as)).toMatchObject(denied('MANAGE'))
  })

  it('are in no scope that is not there', async () => {
    const none = { ...SECRET, scope: 'none' }
    const refused = refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'Scope none does not exist!')
    expect(await secrets.get('list', { scope: 'none' })).toMatchObject(refused)
    expect(await secrets.get('get', none)).toMatchObject(refused)
    expect(await secrets.post('put', { ...none, string_value: 'v' })).toMatchObject(refused)
    expect(await secrets.post('delete', none)).toMatchObject(refused)
  })
})
