import { expect, test } from 'vitest'
import { parseRouteTemplate } from '../../../../local/host/http/route-template.ts'

test.each([
  ['api/things/{id}', '/api/things/7', { id: '7' }],
  ['api/things/{id}', '/API/Things/AbC', { id: 'AbC' }],
  ['api/things/{id}', '/api/things/7/', { id: '7' }],
  ['api/things/{id}', '/api/things', undefined],
  ['api/things/{id}', '/api//things/7', undefined],
  ['api/things/{id?}', '/api/things', {}],
  ['api/things/{id=seven}', '/api/things', { id: 'seven' }],
  ['api/files/{*path}', '/api/files/a/b c', { path: 'a/b c' }],
  ['api/files/{*path}', '/api/files', {}],
  ['api/{a}-{b}', '/api/x-y-z', { a: 'x-y', b: 'z' }],
  ['api/{n:int}', '/api/-7', { n: '-7' }],
  ['api/{n:int}', '/api/4x', undefined],
  ['api/{n:int}', '/api/99999999999', undefined],
  ['api/{n:range(1,9)}', '/api/10', undefined],
  ['api/{s:length(3)}', '/api/abcd', undefined],
  ['api/{s:length(2,3)}', '/api/ab', { s: 'ab' }],
  ['api/{s:alpha:minlength(2)}', '/api/a', undefined],
  ['api/{s:regex(^v[0-9]+$)}', '/api/v12', { s: 'v12' }],
  ['api/{g:guid}', '/api/3f2504e0-4f89-11d3-9a0c-0305e82c3301', { g: '3f2504e0-4f89-11d3-9a0c-0305e82c3301' }],
  ['api/a.b', '/api/aXb', undefined],
])('the route %s takes from %s: %o', (template, path, params) => {
  expect(parseRouteTemplate(template).match(path)).toEqual(params)
})

test.each(['api/{x', 'api/x}', 'api//x', 'api/{id}/{ID}', 'api/{n:integer}'])(
  'the route %s does not parse',
  (template) => {
    expect(() => parseRouteTemplate(template)).toThrow(/route/)
  },
)

test('a literal goes before a constrained parameter, that before a free one, a wildcard comes last', () => {
  const templates = ['a/{*rest}', 'a/{b}', 'a/{b:int}', 'a/b']
  const sorted = templates.toSorted((one, other) =>
    parseRouteTemplate(one).precedence.localeCompare(parseRouteTemplate(other).precedence),
  )
  expect(sorted).toEqual(['a/b', 'a/{b:int}', 'a/{b}', 'a/{*rest}'])
})
