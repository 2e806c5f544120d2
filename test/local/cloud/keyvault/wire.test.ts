import { beforeEach, describe, expect, it } from 'vitest'
import { createKeyVaultService } from '../../../../local/cloud/keyvault/service.ts'
import type { CloudResponse, CloudService } from '../../../../local/cloud/service.ts'
import type { World } from '../../../../local/cloud/world.ts'
import { command, createPretendWorld, dispatch, issueToken, STEWARD, TENANT_ID, VAULT } from '../pretend-world.ts'

let world: World
let service: CloudService

beforeEach(() => {
  world = createPretendWorld()
  service = createKeyVaultService(world)
})

interface Options {
  readonly audience?: string
  readonly version?: string
  readonly body?: unknown
}

async function call(method: string, path: string, options: Options = {}): Promise<CloudResponse> {
  const { audience = 'https://vault.azure.net', version = '7.5', body } = options
  const separator = path.includes('?') ? '&' : '?'
  return dispatch(service, {
    method,
    url: `https://${VAULT}${path}${version === '' ? '' : `${separator}api-version=${version}`}`,
    headers: { authorization: `Bearer ${issueToken(world.clock, audience)}` },
    body: body === undefined ? '' : JSON.stringify(body),
  })
}

const codeOf = (response: CloudResponse): unknown => (response.body as { error: { code: string } }).error.code

describe('the vault', () => {
  it('exists only under the names of the settings', () => {
    expect(service.owns(VAULT)).toBe(true)
    expect(service.owns('kv-unknown.vault.azure.net')).toBe(false)
  })

  it('challenges a request without a token', async () => {
    const response = await dispatch(service, { method: 'PUT', url: `https://${VAULT}/secrets/a?api-version=7.5` })
    expect(response).toMatchObject({
      status: 401,
      headers: {
        'WWW-Authenticate': `Bearer authorization="https://login.microsoftonline.com/${TENANT_ID}", resource="https://vault.azure.net"`,
      },
      body: { error: { code: 'Unauthorized', message: expect.stringContaining('AKV10000') } },
    })
  })

  it('names the authority of its own cloud in the challenge', async () => {
    const response = await dispatch(service, { method: 'GET', url: 'https://kv-two.vault.azure.cn/secrets' })
    expect(response.headers?.['WWW-Authenticate']).toContain('login.chinacloudapi.cn')
    expect(response.headers?.['WWW-Authenticate']).toContain('resource="https://vault.azure.cn"')
  })

  it('challenges a token of another audience again', async () => {
    const response = await call('GET', '/secrets/a', { audience: 'https://management.azure.com' })
    expect(response.status).toBe(401)
    expect(response.headers?.['WWW-Authenticate']).toContain('Bearer authorization')
    expect(response.body).toMatchObject({ error: { message: expect.stringContaining('AKV10022') } })
  })

  it.each(['', '2.0', '9999-01-01'])('refuses the API version "%s"', async (version) => {
    expect(await call('GET', '/secrets', { version })).toMatchObject({
      status: 400,
      body: { error: { code: 'BadParameter' } },
    })
  })

  it('finds names without regard to case', async () => {
    await call('PUT', '/secrets/Token', { body: { value: 'one' } })
    expect(await call('GET', '/secrets/tOKEN')).toMatchObject({ status: 200, body: { value: 'one' } })
  })

  it('reads secrets that are not yet valid or have expired', async () => {
    await call('PUT', '/secrets/a', { body: { value: 'one', attributes: { exp: 1 } } })
    expect(await call('GET', '/secrets/a')).toMatchObject({ status: 200, body: { attributes: { exp: 1 } } })
  })
})

describe('what the vault refuses to store', () => {
  const tags = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`tag-${index}`, 'x']))
  it.each([
    ['a name with an underscore', '/secrets/my_secret', { value: 'x' }],
    ['a name of 128 characters', `/secrets/${'a'.repeat(128)}`, { value: 'x' }],
    ['no value', '/secrets/a', {}],
    ['an empty value', '/secrets/a', { value: '' }],
    ['a value that is no string', '/secrets/a', { value: 5 }],
    ['a value of more than 25 KB', '/secrets/a', { value: 'x'.repeat(25 * 1024 + 1) }],
    ['16 tags', '/secrets/a', { value: 'x', tags }],
    ['a tag of 257 characters', '/secrets/a', { value: 'x', tags: { tag: 'x'.repeat(257) } }],
    ['an expiry that is no number', '/secrets/a', { value: 'x', attributes: { exp: '2030' } }],
  ])('%s', async (_, path, body) => {
    const response = await call('PUT', path, { body })
    expect([response.status, codeOf(response)]).toEqual([400, 'BadParameter'])
  })

  it('takes 15 tags and 25 KB', async () => {
    const { 'tag-15': _, ...fifteen } = tags
    const response = await call('PUT', '/secrets/a', { body: { value: 'x'.repeat(25 * 1024), tags: fifteen } })
    expect(response.status).toBe(200)
  })
})

describe('an update of a version', () => {
  const update = async (body: object): Promise<CloudResponse> => {
    const { id } = (await call('PUT', '/secrets/a', { body: { value: 'x', tags: { old: '1' } } })).body as {
      id: string
    }
    return call('PATCH', new URL(id).pathname, { body })
  }
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']))

  it('takes 15 tags of 256 characters in place of the others', async () => {
    const wanted = { ...tags(14), [`t${'a'.repeat(255)}`]: 'x'.repeat(256) }
    expect((await update({ tags: wanted })).body).toMatchObject({ tags: wanted })
    const listed = (await call('GET', '/secrets')).body as { value: { id: string; tags: object }[] }
    expect(listed.value).toMatchObject([{ id: `https://${VAULT}/secrets/a`, tags: wanted }])
    expect(listed.value[0]?.tags).not.toHaveProperty('old')
  })

  it.each([
    ['16 tags', { tags: tags(16) }],
    ['a tag of 257 characters', { tags: { tag: 'x'.repeat(257) } }],
    ['a name of 257 characters', { tags: { ['x'.repeat(257)]: 'x' } }],
    ['a tag that is no string', { tags: { tag: 1 } }],
  ])('does not take %s', async (_, body) => {
    const response = await update(body)
    expect([response.status, codeOf(response)]).toEqual([400, 'BadParameter'])
    expect((await call('GET', '/secrets/a')).body).toMatchObject({ tags: { old: '1' } })
  })
})

describe('paging', () => {
  it('links pages by the given size and refuses more than 25', async () => {
    for (const name of ['a', 'b', 'c']) await call('PUT', `/secrets/${name}`, { body: { value: 'x' } })
    const first = (await call('GET', '/secrets?maxresults=2')).body as { value: unknown[]; nextLink: string }
    expect(first.value).toHaveLength(2)
    const next = new URL(first.nextLink)
    expect(next.host).toBe(VAULT)
    const second = (await call('GET', `${next.pathname}${next.search}`, { version: '' })).body
    expect(second).toMatchObject({ value: [{ id: `https://${VAULT}/secrets/c` }], nextLink: null })
    expect((await call('GET', '/secrets?maxresults=26')).status).toBe(400)
  })
})

describe('commands', () => {
  it('show everything but values, and values apart', async () => {
    command(service, 'put', { vault: VAULT, name: 'foreign', value: 'canary', tags: { by: 'hand' } })
    const inspected = JSON.stringify(command(service, 'inspect'))
    expect(inspected).toContain('foreign')
    expect(inspected).toContain('hand')
    expect(inspected).not.toContain('canary')
    expect(command(service, 'values')).toMatchObject({ values: [{ name: 'foreign', value: 'canary' }] })
  })

  it('give a reader the list but no value', async () => {
    command(service, 'put', { vault: VAULT, name: 'a', value: 'x' })
    command(service, 'setRole', { vault: `https://${VAULT}/`, oid: STEWARD.objectId, role: 'Key Vault Reader' })
    expect((await call('GET', '/secrets')).status).toBe(200)
    expect((await call('GET', '/secrets/a')).status).toBe(403)
    command(service, 'setRole', { vault: VAULT, oid: STEWARD.objectId, role: null })
    expect((await call('GET', '/secrets')).status).toBe(403)
  })
})
