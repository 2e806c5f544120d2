import { HttpRequest } from '@azure/functions'
import { describe, expect, it } from 'vitest'
import { readIdempotencyKey, readJson } from '../../../src/functions/http/read-request.ts'

const request = (string: string, headers: Record<string, string> = {}): HttpRequest =>
  new HttpRequest({ method: 'POST', url: 'https://host/api/onboardings', body: { string }, headers })

describe('the body of a request', () => {
  it('is read as JSON, whatever its type is said to be', async () => {
    expect(await readJson(request('{"a":[1]}', { 'content-type': 'text/plain' }))).toEqual({ a: [1] })
  })

  it.each([
    ['', /no body.*content-length/],
    ['{', /not JSON/],
    ['name: etl', /not JSON/],
  ])('is refused when it is none: "%s"', async (text, message) => {
    await expect(readJson(request(text))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(message),
      issues: [{ path: '' }],
    })
  })

  it('is refused when it has more bytes than any request needs, however few the characters', async () => {
    expect(await readJson(request(JSON.stringify('x'.repeat(65_534))))).toHaveLength(65_534)
    for (const text of ['x'.repeat(65_535), '€'.repeat(30_000)]) {
      await expect(readJson(request(JSON.stringify(text)))).rejects.toMatchObject({
        code: 'invalid-request',
        message: expect.stringContaining('too large'),
      })
    }
  })
})

describe('the Idempotency-Key', () => {
  it.each(['deploy-42', 'x'.repeat(255), 'with blanks "and" more'])('is taken as it is: %s', (key) => {
    expect(readIdempotencyKey(request('', { 'idempotency-key': key }))).toBe(key)
  })

  it('may be absent', () => {
    expect(readIdempotencyKey(request(''))).toBeNull()
  })

  it.each(['', 'x'.repeat(256), 'schl\u00fcssel', 'a\tb'])(
    'is refused when nobody could write it down: "%s"',
    (key) => {
      expect(() => readIdempotencyKey(request('', { 'idempotency-key': key }))).toThrow(/Idempotency-Key is not valid/)
    },
  )
})
