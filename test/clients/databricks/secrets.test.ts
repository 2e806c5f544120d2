import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../src/platform/secret.ts'
import { findSecrets } from '../../support/secret-search.ts'
import { denied, missing, refusal, type ScriptedWorkspace, startScriptedWorkspace } from './scripted-workspace.ts'

const SECRETS = '/api/2.0/secrets'
/** Of no shape that anything would know as a secret. */
const VALUE = 'Grüße von nebenan, 17 Uhr'
const ENCODED = Buffer.from(VALUE).toString('base64')

const unreadable = [
  refusal(400, 'INVALID_STATE', 'Databricks could not access keyvault: https://kv.vault.azure.net/'),
  refusal(403, 'PERMISSION_DENIED', 'Caller is not authorized to perform action on resource.'),
  refusal(403, 'PERMISSION_DENIED', "AzureDatabricks does not have secrets list permission on key vault 'kv'"),
  refusal(403, 'PERMISSION_DENIED', 'Client address is not authorized and caller is not a trusted service.'),
]

let scripted: ScriptedWorkspace

beforeEach(async () => {
  scripted = await startScriptedWorkspace()
})

afterEach(() => scripted.service.stop())

const catchError = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('listing the secrets of a scope', () => {
  it('gives their keys', async () => {
    scripted.service.on(
      'GET',
      `${SECRETS}/list`,
      { body: { secrets: [{ key: 'a', last_updated_timestamp: 1 }, { key: 'b' }] } },
      { body: {} },
    )
    expect(await scripted.workspace.listSecretKeys('etl')).toEqual(['a', 'b'])
    expect(await scripted.workspace.listSecretKeys('etl')).toEqual([])
    expect(scripted.sent()[0]).toBe(`GET ${SECRETS}/list?scope=etl`)
  })

  it.each(unreadable)('says when Databricks cannot read the vault (%o)', async (answer) => {
    scripted.service.on('GET', `${SECRETS}/list`, answer)
    await expect(scripted.workspace.listSecretKeys('etl')).rejects.toMatchObject({
      code: 'vault-unreadable',
      retryable: false,
      message: expect.stringMatching(/AzureDatabricks.*Key Vault Secrets User/s),
    })
  })

  it.each([
    [denied, 'upstream-denied'],
    [refusal(400, 'INVALID_STATE', 'something else'), 'upstream-rejected'],
    [missing, 'upstream-rejected'],
    [{ body: { secrets: [{}] } }, 'upstream-rejected'],
    [{ body: { secrets: null } }, 'upstream-rejected'],
  ])('fails otherwise (%o)', async (answer, code) => {
    scripted.service.on('GET', `${SECRETS}/list`, answer)
    await expect(scripted.workspace.listSecretKeys('etl')).rejects.toMatchObject({ code })
  })
})

describe('the value of a secret', () => {
  it('is read as what was put', async () => {
    scripted.service.on('GET', `${SECRETS}/get`, { body: { key: 'a b', value: ENCODED } }, missing)
    const found = await scripted.workspace.getSecretValue('etl', 'a b')
    expect(found?.reveal()).toBe(VALUE)
    expect(inspect(found)).not.toContain(VALUE)
    expect(await scripted.workspace.getSecretValue('etl', 'a b')).toBeNull()
    expect(scripted.sent()[0]).toBe(`GET ${SECRETS}/get?scope=etl&key=a%20b`)
  })

  it('is put as text, again after a lost answer', async () => {
    scripted.service.on('POST', `${SECRETS}/put`, { isLost: true }, { body: {} })
    await scripted.workspace.putSecret('etl', 'a', new Secret(VALUE))
    const request = [`POST ${SECRETS}/put`, { scope: 'etl', key: 'a', string_value: VALUE }]
    expect(scripted.sent()).toEqual([request, request])
  })

  it.each(unreadable)('cannot be read by Databricks, either (%o)', async (answer) => {
    scripted.service.on('GET', `${SECRETS}/get`, answer)
    await expect(scripted.workspace.getSecretValue('etl', 'a')).rejects.toMatchObject({ code: 'vault-unreadable' })
  })

  it.each([
    { body: { key: 'a', value: VALUE } },
    { body: { key: 'a', value: 'A'.repeat(200_000) + ENCODED } },
    { body: { key: 'a', value: [VALUE] } },
    { body: { key: 'a', [VALUE]: ENCODED } },
    { body: VALUE },
    refusal(400, 'BAD_REQUEST', `The value ${VALUE} cannot be shown`),
    refusal(400, 'INVALID_STATE', `Databricks could not access keyvault: ${VALUE}`),
    refusal(403, 'PERMISSION_DENIED', VALUE),
    refusal(403, VALUE, VALUE),
    { status: 400, body: { error_code: 'BAD_REQUEST', message: `deadline exceeded ${ENCODED}` } },
    { status: 418, body: VALUE },
    { status: 418, body: `SOME_CODE: ${ENCODED}` },
    { status: 302, headers: { location: `https://else.where/?${ENCODED}` }, body: VALUE },
  ])('stays out of every error and log line (%o)', async (answer) => {
    scripted.service.on('GET', `${SECRETS}/get`, answer)
    scripted.service.on('POST', `${SECRETS}/put`, answer)
    const errors = [
      await catchError(scripted.workspace.getSecretValue('etl', 'a')),
      await catchError(scripted.workspace.putSecret('etl', 'a', new Secret(VALUE))),
    ]
    expect(errors[0]).toBeInstanceOf(Error)
    const places = errors.map((error, index) => ({ name: `error ${index}`, text: inspect(error, { depth: 9 }) }))
    expect(findSecrets([...places, { name: 'log', text: scripted.lines.join('\n') }], [VALUE])).toEqual([])
  })

  it('is denied with what the operator can do, and the code', async () => {
    scripted.service.on('POST', `${SECRETS}/put`, denied, refusal(400, 'BAD_REQUEST', VALUE))
    await expect(scripted.workspace.putSecret('etl', 'a', new Secret(VALUE))).rejects.toMatchObject({
      code: 'upstream-denied',
      message: expect.stringMatching(/change the secrets of a scope.*"admins".*PERMISSION_DENIED/s),
    })
    await expect(scripted.workspace.putSecret('etl', 'a', new Secret(VALUE))).rejects.toMatchObject({
      code: 'upstream-rejected',
      message: expect.stringContaining('BAD_REQUEST'),
    })
  })

  it('is deleted, and may be gone', async () => {
    scripted.service.on('POST', `${SECRETS}/delete`, { body: {} }, missing, denied)
    await scripted.workspace.deleteSecret('etl', 'a')
    await scripted.workspace.deleteSecret('etl', 'a')
    await expect(scripted.workspace.deleteSecret('etl', 'a')).rejects.toMatchObject({ code: 'upstream-denied' })
    expect(scripted.sent()[0]).toEqual([`POST ${SECRETS}/delete`, { scope: 'etl', key: 'a' }])
  })
})
