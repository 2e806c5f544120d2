import { existsSync, readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseDatabricksError } from '../../../src/clients/databricks/errors.ts'

const parse = (status: number, body: string, headers: Record<string, string> = {}) =>
  parseDatabricksError({ status, body, headers: new Map(Object.entries(headers)) })

const scim = (fields: object) =>
  JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '409', ...fields })

describe('a refusal by a workspace', () => {
  it.each([
    ['JSON', 404, '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"m"}', 'RESOURCE_DOES_NOT_EXIST', 'm', 'NotFound'],
    [
      "a gateway's number",
      403,
      '{"error_code":403,"message":"Invalid access token."}',
      '403',
      'Invalid access token.',
      'PermissionDenied',
    ],
    ['SCIM', 409, scim({ detail: 'already there' }), 'SCIM_409', 'already there', 'ResourceConflict'],
    [
      'SCIM with a type',
      409,
      scim({ scimType: 'uniqueness', detail: 'there' }),
      'SCIM_409',
      'uniqueness there',
      'ResourceConflict',
    ],
    ['SCIM without a text', 409, scim({ detail: 'null' }), 'SCIM_409', 'Conflict', 'ResourceConflict'],
    ['API 1.2', 400, '{"error":"old"}', null, 'old', 'BadRequest'],
    ['text with a code', 400, 'MALFORMED_REQUEST: bad', 'MALFORMED_REQUEST', 'bad', 'BadRequest'],
    ['HTML', 403, '<html><pre> Invalid access token. </pre></html>', null, 'Invalid access token.', 'PermissionDenied'],
    ['a sign-in page', 403, '<html><title>Sign in</title></html>', null, 'Sign in', 'PermissionDenied'],
    ['text', 500, 'broken', 'UNKNOWN', 'broken', 'InternalError'],
    ['JSON that is no object', 404, '"gone"', 'UNKNOWN', '"gone"', 'NotFound'],
    ['nothing', 404, '', null, 'Not Found', 'NotFound'],
    [
      'a limit that comes as a bad request',
      400,
      '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"m"}',
      'REQUEST_LIMIT_EXCEEDED',
      'm',
      'TooManyRequests',
    ],
    [
      'something there that comes as a bad request',
      400,
      '{"error_code":"RESOURCE_ALREADY_EXISTS","message":"m"}',
      'RESOURCE_ALREADY_EXISTS',
      'm',
      'ResourceConflict',
    ],
    ['fields of the wrong type', 418, '{"error_code":{},"message":7,"detail":[]}', null, "I'm a Teapot", 'Other'],
    ['a status nobody knows', 444, '', null, 'HTTP 444', 'Other'],
  ])('is understood as %s', (_form, status, body, errorCode, message, category) => {
    expect(parse(status, body)).toMatchObject({ status, errorCode, message, category })
  })

  it('has its text from the header when the body has none', () => {
    expect(parse(403, '', { 'x-databricks-reason-phrase': 'Invalid access token.' }).message).toBe(
      'Invalid access token.',
    )
  })

  it.each([
    [429, '{}', true],
    [503, '{}', true],
    [500, '{}', false],
    [400, '{"message":"ClusterNotReadyException"}', true],
    [400, '{"message":"worker env 12 not found"}', true],
    [400, '{"message":"Timed out after 30 s"}', true],
    [400, '{"message":"deadline exceeded"}', true],
    [404, '{"message":"There is no worker environment with id 7"}', true],
    [400, '{"message":"nope"}', false],
  ])('with %i %s is transient: %s', (status, body, isTransient) => {
    expect(parse(status, body).isTransient).toBe(isTransient)
  })

  it('is understood whatever it is', () => {
    const body = fc.oneof(fc.string({ unit: 'binary' }), fc.json())
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), body, (status, text) => {
        const error = parse(status, text)
        expect(error.message).not.toBe('')
        expect(error.message.length).toBeLessThanOrEqual(2_000)
      }),
    )
  })
})

const fixturesFile = join(import.meta.dirname, '../../../../shared/specs/databricks/databricks-fixtures.json')

const fixturesSchema = z.object({
  errors: z.array(
    z.object({
      name: z.string().optional(),
      status: z.number().optional(),
      statusName: z.string().optional(),
      body: z.record(z.string(), z.string()).optional(),
      rawBody: z.string().optional(),
      rawBodyExpression: z.string().optional(),
      mapsTo: z.string().optional(),
      errorCode: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
  rules: z.object({
    statusToCategory: z.record(z.string(), z.string()),
    retriable: z.object({ messageRegexes: z.array(z.string()) }),
  }),
})

type Fixture = z.infer<typeof fixturesSchema>['errors'][number]

/** The body that a fixture describes: JSON, text, or a Python expression of either. */
function bodyOf({ body, rawBody, rawBodyExpression }: Fixture): string {
  if (body !== undefined) return JSON.stringify(body)
  if (rawBody !== undefined) return rawBody
  const expression = rawBodyExpression ?? ''
  const dumped = /^json\.dumps\(([\s\S]*)\)$/.exec(expression)
  if (!dumped) return String(JSON.parse(expression))
  return JSON.stringify(JSON.parse((dumped[1] ?? '').replace(/,(\s*[}\]])/g, '$1')))
}

function statusOf({ status, statusName }: Fixture): number {
  const named = Object.entries(STATUS_CODES).find(([, text]) => text?.replaceAll(' ', '') === statusName)
  return status ?? Number(named?.[0])
}

const pascal = (code: string): string =>
  code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase())

if (!existsSync(fixturesFile)) console.log('skipped: the collected Databricks fixtures are not here')

describe.skipIf(!existsSync(fixturesFile))('the collected fixtures', () => {
  const fixtures = existsSync(fixturesFile)
    ? fixturesSchema.parse(JSON.parse(readFileSync(fixturesFile, 'utf8')))
    : { errors: [], rules: { statusToCategory: {}, retriable: { messageRegexes: [] } } }

  it('are some', () => {
    expect(fixtures.errors.length).toBeGreaterThan(20)
  })

  it.each(fixtures.errors.map((fixture) => [JSON.stringify(fixture).slice(0, 120), fixture] as const))(
    'agree: %s',
    (_name, fixture) => {
      const error = parse(statusOf(fixture), bodyOf(fixture))
      if (fixture.mapsTo !== undefined) {
        const names = [error.category === 'Other' ? 'DatabricksError' : error.category, pascal(error.errorCode ?? '')]
        expect(names).toContain(fixture.mapsTo)
      }
      if (fixture.errorCode !== undefined) expect(error.errorCode ?? '').toBe(fixture.errorCode)
      if (fixture.message !== undefined) expect(error.message).toBe(fixture.message)
    },
  )

  it.each(Object.entries(fixtures.rules.statusToCategory))('have status %s in the category %s', (status, category) => {
    expect(parse(Number(status), '').category).toBe(category)
  })

  it('have no transient text that is not known', () => {
    const patterns = fixtures.rules.retriable.messageRegexes
    for (const pattern of patterns) {
      const text = pattern.replaceAll('\\.', '.').replaceAll('.*', '7')
      expect(parse(400, JSON.stringify({ message: `x ${text} y` })).isTransient, text).toBe(true)
    }
  })
})
