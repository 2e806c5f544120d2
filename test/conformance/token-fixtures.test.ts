import { describe, expect, test } from 'vitest'
import type { Fixture } from './fixtures/fixture.ts'
import { FIXTURE_NOW, presupposeTokens } from './fixtures/presuppose-tokens.ts'
import { compareTokenAnswer } from './fixtures/replay-tokens.ts'
import { findTokenTarget } from './fixtures/token-target.ts'

const ONE = '/api/2.0/token-management/tokens/abc'
const LIST = '/api/2.0/token/list'
const CREATE = '/api/2.0/token/create'

function fixture(part: Partial<Fixture>): Fixture {
  return {
    area: 'tokens',
    method: 'GET',
    resource: ONE,
    status: 200,
    expectedRequest: null,
    response: null,
    scenario: 'Test',
    step: 1,
    source: '',
    ...part,
  }
}

function compare(part: Partial<Fixture>, status: number, body: unknown) {
  const seeded = new Map([['abc', { tokenId: 'real', createdAt: 5, expiresAt: 7 }]])
  return compareTokenAnswer(fixture(part), seeded, { status, body: JSON.stringify(body) })
}

test.each([
  [LIST, 'OwnTokens'],
  [`${ONE}?`, 'ManagedTokens'],
  ['/api/2.0/token-management/on-behalf-of/tokens', 'OnBehalfTokens'],
  ['/api/2.0/permissions/authorization/tokens', 'TokenPermissions'],
  ['/api/2.0/permissions/authorization/passwords', undefined],
])('%s is about %s', (resource, kind) => {
  expect(findTokenTarget({ resource })?.kind).toBe(kind)
})

describe('the tokens that a fixture presupposes', () => {
  test('are those it shows, by their age and with some time to live', () => {
    const info = { token_id: 'abc', creation_time: FIXTURE_NOW - 5, expiry_time: FIXTURE_NOW + 10, comment: 'c' }
    expect(presupposeTokens(fixture({ resource: LIST, response: { token_infos: [info] } }))).toEqual([
      { placeholder: 'abc', comment: 'c', createdAgoMs: 5, lifetimeMs: 60_015 },
    ])
  })

  test('have expired, or never do, as the fixture says', () => {
    const [expired] = presupposeTokens(fixture({ response: { token_info: { expiry_time: FIXTURE_NOW - 1 } } }))
    expect(expired).toEqual({ placeholder: 'abc', createdAgoMs: 1001, lifetimeMs: 1000 })
    expect(presupposeTokens(fixture({}))).toMatchObject([{ lifetimeMs: null }])
  })

  test('are none where none is found, and one where something else needs any', () => {
    expect(presupposeTokens(fixture({ status: 404 }))).toEqual([])
    expect(presupposeTokens(fixture({ resource: CREATE, method: 'POST' }))).toEqual([])
    expect(presupposeTokens(fixture({ resource: '/api/2.0/permissions/authorization/tokens' }))).toHaveLength(1)
  })
})

describe('an answer about tokens', () => {
  test('must have what was seeded in place of placeholders', () => {
    const response = { token_info: { comment: 'c', expiry_time: FIXTURE_NOW } }
    expect(compare({ response }, 200, { token_info: { comment: 'c', expiry_time: 7 } })).toEqual([])
    expect(compare({ response }, 200, { token_info: { comment: 'd', expiry_time: FIXTURE_NOW } })).toHaveLength(2)
  })

  test('may leave out an empty list, and nothing that is expected', () => {
    const list = (infos: unknown[]) => ({ resource: LIST, response: { token_infos: infos } })
    expect(compare(list([]), 200, {})).toEqual([])
    expect(compare(list([{ token_id: 'abc' }]), 200, {})).toHaveLength(1)
    expect(compare(list([{ token_id: 'abc' }]), 200, { token_infos: [{ token_id: 'real' }] })).toEqual([])
  })

  test('must have an id and a value for what it makes', () => {
    const made = { resource: CREATE, method: 'POST', response: { token_info: { token_id: 'abc' } } }
    expect(compare(made, 200, { token_info: { token_id: '42' }, token_value: 'dapi42' })).toEqual([])
    expect(compare(made, 200, { token_info: {} }).map(({ at }) => at)).toEqual(['token_info.token_id', 'token_value'])
  })

  test('must refuse in the same sense', () => {
    const refused = { status: 404, response: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'gone' } }
    expect(compare(refused, 404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'gone' })).toEqual([])
    expect(compare(refused, 403, { error_code: 'PERMISSION_DENIED', message: 'no' }).map(({ at }) => at)).toEqual([
      'status',
      'category',
      'message',
    ])
    expect(compare({ response: {} }, 404, { message: 'gone' }).map(({ at }) => at)).toEqual(['status'])
  })
})
