import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StewardError } from '../../src/platform/errors.ts'
import { redact } from '../../src/platform/redact.ts'
import { Secret } from '../../src/platform/secret.ts'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJjYW5hcnkifQ.c2lnbmF0dXJl'
const ENTRA = 'abc8Q~0123456789abcdefghijklmnopqrstu.~_-'
const PAT = `dapi${'0123456789abcdef'.repeat(2)}`

describe('what may be written down', () => {
  it.each([
    ['a JWT', `token ${JWT} was refused`, JWT],
    ['a Databricks token', `using ${PAT}`, PAT],
    ['a Databricks token with its shard', `using ${PAT}-2.`, `${PAT}-2`],
    ['a Databricks OAuth secret', `dose${'a1'.repeat(16)}`, 'a1a1'],
    ['a form field', 'client_id=me&client_secret=ca~na.ry&scope=x', 'ca~na.ry'],
    ['a SAS signature', 'https://a.blob/x?sv=1&sig=canary%3D&se=2', 'canary'],
    ['an account key', 'AccountName=a;AccountKey=canary==;EndpointSuffix=b', 'canary'],
    ['a bearer header', 'authorization: Bearer canary-canary', 'canary-canary'],
    ['a function key', 'GET /api/x?code=canary', 'canary'],
    ['an Entra client secret', `the key (${ENTRA}) is`, ENTRA],
    ['a basic header', 'Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==', 'Y2FuYXJ5'],
    ['a header without a scheme', '{"authorization":"canary"}', 'canary'],
    ["a function key's header", 'x-functions-key: canary/==', 'canary'],
    ['a basic header without a name', `sent Basic ${'Y2FuYXJ5'.repeat(4)}==`, 'Y2FuYXJ5'],
    ['a client assertion', 'grant_type=client_credentials&client_assertion=canary&scope=x', 'canary'],
    ['a client assertion in JSON', '{"client_assertion":"canary"}', 'canary'],
    ['an OAuth secret of another form in JSON', '{"id":"s","secret":"canary","status":"ACTIVE"}', 'canary'],
    ['a form password', 'username=me&password=canary', 'canary'],
    ['a secret in JSON', '{"keyId":"k","secretText":"ca\\"nary","hint":"h"}', 'nary'],
    ['a vault value in JSON', '{ "value" : "canary", "id": "x" }', 'canary'],
    ['a secret in JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: 'canary' }) }), 'canary'],
    ['a secret in JSON that was cut off', '{"access_token":"canary', 'canary'],
  ])('has no %s in its text', (_name, text, hidden) => {
    expect(redact(text)).not.toContain(hidden)
    expect(redact(text)).toContain('[redacted]')
    expect(JSON.stringify(redact({ deep: [{ text }] }))).not.toContain(hidden)
  })

  it('keeps what stands around a secret', () => {
    expect(redact('client_id=me&client_secret=x&scope=y')).toBe('client_id=me&client_secret=[redacted]&scope=y')
  })

  it.each([
    'password',
    'clientSecret',
    'secretText',
    'Authorization',
    'client_assertion',
    'access_token',
    'tokenValue',
    'x-functions-key',
  ])('has no value under the name %s', (name) => {
    expect(redact({ [name]: 'canary' })).toEqual({ [name]: '[redacted]' })
  })

  it('keeps words about basic things', () => {
    expect(redact('Basic authentication is off; basic tier')).toBe('Basic authentication is off; basic tier')
  })

  it.each([
    [['canary'], '[redacted]'],
    [{ deep: 'canary' }, '[redacted]'],
    [4711, '[redacted]'],
    [null, null],
  ])('has no value under a secret name, of whatever type: %j', (value, shown) => {
    expect(redact({ clientSecret: value })).toEqual({ clientSecret: shown })
    expect(redact(new Map([['clientSecret', value]]))).toEqual({ clientSecret: shown })
  })

  it('keeps names and ids of secrets, and codes of errors', () => {
    const named = { secretName: 'client-secret', tokenId: 'abc', keyId: 'def', code: 'not-ours' }
    expect(redact(named)).toEqual(named)
  })

  it('has no Secret, wherever it stands', () => {
    expect(redact({ list: [new Secret('canary')] })).toEqual({ list: ['[redacted]'] })
    fc.assert(
      fc.property(
        fc.letrec((tie) => ({
          value: fc.oneof(
            { maxDepth: 6 },
            fc.constant(new Secret('canary')),
            fc.string(),
            fc.array(tie('value'), { maxLength: 3 }),
            fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
          ),
        })).value,
        (value) => !JSON.stringify(redact({ value })).includes('canary'),
      ),
    )
  })

  it('shows what we say of an error, its cause, and nothing that a foreign one carries', () => {
    const foreign = Object.assign(new Error(`refused ${JWT}`), { request: { headers: { authorization: 'canary' } } })
    const error = new StewardError('upstream-rejected', 'It did not work.', { cause: foreign, data: { status: 400 } })
    const shown = redact({ error }) as { error: Record<string, unknown> }
    expect(shown.error).toMatchObject({
      code: 'upstream-rejected',
      message: 'It did not work.',
      data: { status: 400 },
      cause: { name: 'Error', message: 'refused [redacted]' },
    })
    expect(JSON.stringify(shown)).not.toMatch(/canary|eyJ/)
  })

  it('shows every error of many', () => {
    const many = new AggregateError([new Error(`no ${PAT}`), 'no answer'], 'All failed.')
    expect(redact(many)).toMatchObject({
      message: 'All failed.',
      errors: [{ name: 'Error', message: 'no [redacted]' }, 'no answer'],
    })
  })

  it('shows maps as objects, sets as lists, and of bytes nothing', () => {
    const shown = redact({
      map: new Map<unknown, unknown>([
        ['name', PAT],
        [{}, 1],
      ]),
      set: new Set([PAT, 2]),
      bytes: [Buffer.from('canary'), new Uint8Array(2), new ArrayBuffer(2), new DataView(new ArrayBuffer(2))],
    })
    expect(shown).toEqual({
      map: { name: '[redacted]', '[object]': 1 },
      set: ['[redacted]', 2],
      bytes: ['[binary]', '[binary]', '[binary]', '[binary]'],
    })
  })

  it('has no secret, whatever it is and wherever it stands', () => {
    const characters = (alphabet: string, minLength: number, maxLength = minLength) =>
      fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength, maxLength })
    const word = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'
    const hex = '0123456789abcdef'
    const secrets = fc.oneof(
      characters(hex, 32).map((text) => `dapi${text}`),
      characters(hex, 32).map((text) => `dose${text}`),
      fc
        .tuple(characters(`${word}-.~`, 3), fc.nat(9), characters(`${word}-.~`, 31, 34))
        .map(([head, digit, tail]) => `${head}${digit}Q~${tail}`),
      fc
        .tuple(characters(`${word}-`, 20), characters(`${word}-`, 20), characters(`${word}-`, 20))
        .map(([head, body, tail]) => `eyJ${head}.${body}.${tail}`),
    )
    const noise = fc.string({ unit: fc.constantFrom(...'ab {}[]":,\\=&; \n'.split('')) })
    const inText = fc
      .tuple(secrets, noise, noise)
      .map(([secret, left, right]) => ({ secret, text: `${left} ${secret} ${right}` }))
    const wrap = fc.constantFrom<(text: string) => unknown>(
      (text) => text,
      (text) => [text],
      (text) => ({ [text]: 1 }),
      (text) => new Map([[text, text]]),
      (text) => new Set([text]),
      (text) => new Error(text),
      (text) => Object.assign(new Error('x'), { name: text }),
      (text) => new Error('x', { cause: text }),
      (text) => new AggregateError([new Error(text)], text),
      (text) => new StewardError('internal', text, { data: { text } }),
      (text) => JSON.stringify({ text }),
      (text) => JSON.stringify(JSON.stringify([text])),
      (text) => Buffer.from(text),
    )
    fc.assert(
      fc.property(inText, wrap, ({ secret, text }, place) => {
        expect(JSON.stringify(redact({ x: place(text) }))).not.toContain(secret)
      }),
    )
  })

  it('has nothing that a name in front says to be a secret', () => {
    const plain = fc.string({
      unit: fc.constantFrom(...'abcdefghijkl0123456789+/'.split('')),
      minLength: 12,
      maxLength: 40,
    })
    const wrap = fc.constantFrom<(text: string) => unknown>(
      (text) => ({ client_secret: { text } }),
      (text) => `https://host/x?code=${text}&y=1`,
      (text) => `AccountKey=${text};x`,
      (text) => `Authorization: Basic ${text}`,
      (text) => `x-functions-key: ${text}`,
      (text) => JSON.stringify({ secretText: text, x: 1 }),
      (text) => JSON.stringify({ body: JSON.stringify({ value: text }) }),
      (text) => JSON.stringify(JSON.stringify(JSON.stringify({ headers: { authorization: `Bearer ${text}` } }))),
    )
    fc.assert(
      fc.property(plain, wrap, (text, place) => {
        expect(JSON.stringify(redact(place(text)))).not.toContain(text)
      }),
    )
  })

  it('takes no long time for text that is made to cost much', () => {
    const startedAt = performance.now()
    for (const piece of ['\\', '"value":"', 'authorization ', '-eyJaaaaaaaa', '\\"value\\":', 'Q~', 'x-'])
      redact(piece.repeat(30_000))
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('ends, however deep or circular the value', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(JSON.stringify(redact(circular))).toContain('[too deep]')
  })

  it('is JSON even for big numbers, dates and invalid dates', () => {
    expect(redact({ big: 2n ** 60n, at: new Date(0) })).toEqual({
      big: '1152921504606846976',
      at: '1970-01-01T00:00:00.000Z',
    })
    expect(() => redact({ at: new Date(Number.NaN) })).not.toThrow()
  })
})
