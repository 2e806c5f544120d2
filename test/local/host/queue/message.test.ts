import { expect, test } from 'vitest'
import { createQueueMetadata, decodeMessageText } from '../../../../local/host/queue/message.ts'

const toBase64 = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('base64')
const message = {
  id: 'id-1',
  popReceipt: 'receipt',
  dequeueCount: 2,
  insertedAt: new Date('2026-01-02T03:04:05Z'),
  nextVisibleAt: new Date('2026-01-02T03:14:05Z'),
  expiresAt: new Date('2026-01-09T03:04:05Z'),
}

test.each([
  ['base64 of text', toBase64('plain ü'), 'plain ü'],
  ['an empty text', '', ''],
  ['text that is not base64', 'hello world', undefined],
  ['JSON that is not base64', '{"a":1}', undefined],
  ['base64 of bytes that are not UTF-8', toBase64(Uint8Array.of(0, 255, 254)), undefined],
])('%s is decoded or refused', (_, text, payload) => {
  expect(decodeMessageText(text, 'base64')).toBe(payload)
})

test('without an encoding the text is the payload', () => {
  expect(decodeMessageText('{"a":1}', 'none')).toBe('{"a":1}')
})

test('metadata tells the facts of the message', () => {
  expect(createQueueMetadata('text', message)).toEqual({
    queueTrigger: { string: 'text' },
    dequeueCount: { int: 2 },
    id: { string: 'id-1' },
    popReceipt: { string: 'receipt' },
    insertionTime: { json: '"2026-01-02T03:04:05+00:00"' },
    nextVisibleTime: { json: '"2026-01-02T03:14:05+00:00"' },
    expirationTime: { json: '"2026-01-09T03:04:05+00:00"' },
  })
})

test('fields of a JSON payload override the facts, nulls are missing, times lose their zone', () => {
  const payload = '{"id":"mine","none":null,"at":"2024-01-01T00:00:00Z","n":1,"deep":{"x":1}}'
  const metadata = createQueueMetadata(payload, message)
  expect(metadata).toMatchObject({
    id: { string: 'mine' },
    at: { string: '01/01/2024 00:00:00' },
    n: { double: 1 },
    deep: { json: '{"x":1}' },
  })
  expect(metadata).not.toHaveProperty('none')
})
