import { expect, test } from 'vitest'
import { createKeyRing, isAuthorized, readKey } from '../../../../local/host/http/keys.ts'

const keys = { master: 'm', host: 'h', eventgrid: 'e', function: 'f', functionOf: 'mine' }

test('each key is known for what it is, a function key only on its function', () => {
  const ring = createKeyRing(keys)
  expect(['m', 'h', 'e', 'f', 'x', ''].map((key) => ring.identify(key, 'mine'))).toEqual([
    'master',
    'host',
    'system',
    'function',
    undefined,
    undefined,
  ])
  expect(ring.identify('f', 'other')).toBeUndefined()
  expect(ring.identify('f')).toBeUndefined()
})

test('a key counts in any letter case once it has been used', () => {
  const ring = createKeyRing(keys)
  expect(ring.identify('H', 'mine')).toBeUndefined()
  ring.identify('h', 'mine')
  expect(ring.identify('H', 'mine')).toBe('host')
})

test.each([
  ['anonymous', [true, true, true, true, true]],
  [undefined, [true, true, true, true, true]],
  ['function', [false, true, true, false, true]],
  ['admin', [false, false, false, false, true]],
])('authorization level %s opens to none, function, host, system, master: %o', (level, expected) => {
  const kinds = [undefined, 'function', 'host', 'system', 'master'] as const
  expect(kinds.map((kind) => isAuthorized(level, kind))).toEqual(expected)
})

test('a key in the header hides the one in the query', () => {
  const query = new URLSearchParams({ code: 'query' })
  expect(readKey('header', query)).toBe('header')
  expect(readKey('', query)).toBe('')
  expect(readKey(undefined, query)).toBe('query')
})
