import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../src/platform/secret.ts'
import type { ScriptedAnswer } from '../../support/scripted-service.ts'
import { findSecrets } from '../../support/secret-search.ts'
import {
  denied,
  LONG_ID,
  missing,
  refusal,
  type ScriptedWorkspace,
  startScriptedWorkspace,
} from './scripted-workspace.ts'

const SECRETS = `/api/2.0/accounts/servicePrincipals/${LONG_ID}/credentials/secrets`
/** Of no shape that anything would know as a secret. */
const VALUE = 'Grüße von nebenan, 17 Uhr'

const created = { id: 'secret-1', secret: VALUE, secret_hash: 'abc', status: 'ACTIVE' }

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

const places = (thing: unknown) => [
  { name: 'thing', text: inspect(thing, { depth: 9 }) },
  { name: 'log', text: scripted.lines.join('\n') },
]

describe('an OAuth secret', () => {
  it('is made for a time, and shown to nobody', async () => {
    scripted.service.on('POST', SECRETS, { body: created })
    const issued = await scripted.workspace.createOAuthSecret(LONG_ID, 3600)
    expect(issued).toEqual({ secretId: 'secret-1', secret: expect.any(Secret) })
    expect(issued.secret.reveal()).toBe(VALUE)
    expect(scripted.sent()).toEqual([[`POST ${SECRETS}`, { lifetime: '3600s' }]])
    expect(findSecrets(places(issued), [VALUE])).toEqual([])
  })

  it.each<ScriptedAnswer>([
    { isLost: true },
    { status: 502 },
    { body: { secret: VALUE } },
    { body: { id: [VALUE], secret: VALUE } },
    { body: VALUE },
  ])('may or may not be there after %o, and is not asked for again', async (answer) => {
    scripted.service.on('POST', SECRETS, answer, { body: created })
    const error = await catchError(scripted.workspace.createOAuthSecret(LONG_ID, 3600))
    expect(error).toMatchObject({ code: 'outcome-unknown' })
    expect(findSecrets(places(error), [VALUE])).toEqual([])
    expect(scripted.service.requests).toHaveLength(1)
  })

  it.each<[ScriptedAnswer, string, RegExp]>([
    [refusal(403, 'PERMISSION_DENIED', VALUE), 'upstream-denied', /OAuth secrets.*"admins"/s],
    [refusal(400, 'RESOURCE_LIMIT_EXCEEDED', VALUE), 'upstream-rejected', /as many as Databricks allows. Delete/],
    [refusal(400, 'QUOTA_EXCEEDED', VALUE), 'upstream-rejected', /as many as Databricks allows. Delete/],
    [refusal(404, 'RESOURCE_DOES_NOT_EXIST', VALUE), 'upstream-rejected', /RESOURCE_DOES_NOT_EXIST/],
  ])('is refused without a word of it (%o)', async (answer, code, message) => {
    scripted.service.on('POST', SECRETS, answer)
    const error = await catchError(scripted.workspace.createOAuthSecret(LONG_ID, 3600))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(findSecrets(places(error), [VALUE])).toEqual([])
  })

  it('is deleted, again after a lost answer, and may be gone', async () => {
    scripted.service.on('DELETE', `${SECRETS}/secret-1`, { isLost: true }, { body: {} }, missing, denied)
    expect(await scripted.workspace.deleteOAuthSecret(LONG_ID, 'secret-1')).toBe('deleted')
    expect(await scripted.workspace.deleteOAuthSecret(LONG_ID, 'secret-1')).toBe('already-gone')
    await expect(scripted.workspace.deleteOAuthSecret(LONG_ID, 'secret-1')).rejects.toMatchObject({
      code: 'upstream-denied',
    })
  })
})
