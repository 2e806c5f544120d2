import { describe, expect, test } from 'vitest'
import { type Fixture, findTarget, nameArea } from './fixtures/fixture.ts'
import { presupposeState } from './fixtures/presuppose.ts'
import { compareRefusal } from './fixtures/refusals.ts'
import { compareAnswer } from './fixtures/replay.ts'
import { matchingText } from './fixtures/rules.ts'

const SCIM = '/api/2.0/preview/scim/v2'

function fixture(part: Partial<Fixture>): Fixture {
  return {
    area: 'groups',
    method: 'GET',
    resource: `${SCIM}/Groups/abc`,
    status: 200,
    expectedRequest: null,
    response: null,
    scenario: 'Test',
    step: 1,
    source: '',
    ...part,
  }
}

function presuppose(part: Partial<Fixture>) {
  const given = fixture(part)
  const target = findTarget(given)
  return target && presupposeState(given, target)
}

function compare(part: Partial<Fixture>, status: number, body: unknown) {
  const given = fixture(part)
  const target = findTarget(given)
  return target && compareAnswer(given, target, { status, body: JSON.stringify(body) })
}

describe('what a fixture is about', () => {
  test('is known for the workspace, and not for an account or another area', () => {
    expect(findTarget(fixture({}))).toMatchObject({ kind: 'Group', id: 'abc' })
    expect(findTarget({ resource: `${SCIM}/ServicePrincipals?count=1` })).toMatchObject({ id: null })
    expect(findTarget({ resource: '/api/2.0/accounts/1/scim/v2/Groups/abc' })).toBeNull()
    expect(findTarget({ resource: `${SCIM}/Users/abc` })).toBeNull()
    expect(nameArea({ area: 'groups', resource: '/api/2.0/accounts/1/scim/v2/Groups' })).toBe('groups (account)')
  })
})

describe('what a fixture presupposes', () => {
  test('is what its answer shows, by the id of its path', () => {
    expect(presuppose({ response: { displayName: 'ds' } })).toEqual([{ kind: 'Group', id: 'abc', displayName: 'ds' }])
  })

  test('is what its filter finds', () => {
    const resource = `${SCIM}/Groups?filter=displayName%20eq%20%22ds%22`
    const seeds = presuppose({ resource, response: { resources: [{ id: '1' }] } })
    expect(seeds).toEqual([{ kind: 'Group', id: '1', displayName: 'ds' }])
  })

  test('is nothing when nothing is found', () => {
    expect(presuppose({ status: 404 })).toEqual([])
  })

  test('holds what its patch takes away', () => {
    const patch = (path: string, value?: unknown) =>
      presuppose({ method: 'PATCH', expectedRequest: { Operations: [{ op: 'remove', path, value }] } })
    expect(patch('members[value eq "bcd"]')).toEqual([{ kind: 'Group', id: 'abc', members: [{ value: 'bcd' }] }])
    expect(patch('entitlements', [{ value: 'e' }])).toEqual([
      { kind: 'Group', id: 'abc', entitlements: [{ value: 'e' }] },
    ])
  })

  test('holds nothing to take away when the patch is refused for that', () => {
    const expectedRequest = { Operations: [{ op: 'remove', path: 'entitlements', value: [{ value: 'e' }] }] }
    const refused = presuppose({ method: 'PATCH', status: 400, expectedRequest, response: { message: 'none' } })
    expect(refused).toEqual([{ kind: 'Group', id: 'abc' }])
  })

  test('has the members and groups that its body names', () => {
    const expectedRequest = { Operations: [{ op: 'add', path: 'members', value: [{ value: 'bcd' }] }] }
    expect(presuppose({ method: 'PATCH', expectedRequest })).toContainEqual({ kind: 'User', id: 'bcd' })
    const groups = [{ value: '1', display: 'ds' }, { display: 'nobody' }]
    expect(presuppose({ method: 'PUT', expectedRequest: { groups } })).toEqual([
      { kind: 'Group', id: '1', displayName: 'ds' },
      { kind: 'Group', id: 'abc' },
    ])
  })
})

describe('an answer', () => {
  test('must have the status and the fields of the fixture', () => {
    expect(compare({ response: { id: 'abc', displayName: 'ds' } }, 201, { id: 'abc' })?.map(({ at }) => at)).toEqual([
      'status',
      'displayName',
    ])
  })

  test('may spell a list with a capital, and leave out an empty one', () => {
    const resource = `${SCIM}/Groups`
    expect(compare({ resource, response: { resources: [{ id: '1' }] } }, 200, { Resources: [{ id: '1' }] })).toEqual([])
    expect(compare({ resource, response: {} }, 200, { totalResults: 0 })).toEqual([])
    expect(compare({ resource, response: {} }, 200, { Resources: [{ id: '1' }] })).toHaveLength(1)
  })

  test('must have an id of its own for what it makes', () => {
    const made = { method: 'POST', resource: `${SCIM}/Groups`, response: { id: 'abc' } }
    expect(compare(made, 200, { id: '42' })).toEqual([])
    expect(compare(made, 200, {})).toEqual([{ at: 'id', expected: 'string', got: 'undefined' }])
  })

  test('must refuse in the same sense, whatever the form', () => {
    const response = { error_code: 'INVALID_PATH', message: 'invalidPath No such attribute' }
    const scim = { status: '400', scimType: 'invalidPath', detail: 'No such attribute' }
    expect(compare({ status: 400, response }, 400, scim)).toEqual([])
    expect(compare({ status: 400, response }, 404, scim)?.map(({ at }) => at)).toEqual(['status', 'category'])
  })
})

describe('a refusal that an SDK reads', () => {
  test('agrees by class and code', () => {
    const body = { error_code: 'ABORTED', message: 'nope' }
    expect(compareRefusal({ status: 409, body, mapsTo: 'Aborted' })).toEqual([])
    expect(compareRefusal({ status: 409, body, mapsTo: 'AlreadyExists' })).toHaveLength(1)
    expect(compareRefusal({ status: 444, body: { message: 'nope' }, mapsTo: 'DatabricksError' })).toEqual([])
  })

  test('is read from Python expressions and Go names', () => {
    const rawBodyExpression = 'json.dumps( { "detail": "Group with id 1234 is not found", "status": "404", } )'
    expect(compareRefusal({ status: 404, rawBodyExpression, mapsTo: 'NotFound' })).toEqual([])
    expect(
      compareRefusal({ status: 400, rawBodyExpression: '"A_CODE: text"', errorCode: 'A_CODE', message: 'text' }),
    ).toEqual([])
    expect(compareRefusal({ statusName: 'NotFound', rawBody: '', errorCode: '', message: 'Not Found' })).toEqual([])
    expect(compareRefusal({ status: 400, rawBodyExpression: 'make_body()' })).toHaveLength(1)
  })

  test('is transient by a text that its pattern finds', () => {
    expect(matchingText(String.raw`worker env .* not\.found`)).toMatch(/worker env .* not\.found/)
  })
})
