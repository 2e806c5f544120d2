import { expect, test } from 'vitest'
import { listPayloads } from '../../../../local/host/queue/output.ts'

test.each([
  ['a string', { string: 'plain' }, ['plain']],
  ['an empty string', { string: '' }, ['']],
  ['a string that is a JSON object', { string: '{"j":1}' }, ['{\n  "j": 1\n}']],
  ['an object', { json: '{"a":1}' }, ['{\n  "a": 1\n}']],
  ['an array', { json: '["m1",{"m":2}]' }, ['m1', '{\n  "m": 2\n}']],
  ['an empty array', { json: '[]' }, []],
  ['a number', { int: 5 }, ['5']],
  ['bytes', { bytes: Uint8Array.of(65) }, ['A']],
  ['nothing', undefined, []],
])('%s becomes its messages', (_, data, payloads) => {
  expect(listPayloads(data).map(String)).toEqual(payloads)
})
