import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StewardError } from '../../src/platform/errors.ts'
import { redact } from '../../src/platform/redact.ts'
import { Secret } from '../../src/platform/secret.ts'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJjYW5hcnkifQ.c2lnbmF0dXJl'
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
  ])('has no %s in its text', (_name, text, hidden) => {
    expect(redact(text)).not.toContain(hidden)
    expect(redact(text)).toContain('[redacted]')
    expect(JSON.stringify(redact({ deep: [{ text }] }))).not.toContain(hidden)
  })

  it('keeps what stands around a secret', () => {
    expect(redact('client_id=me&client_secret=x&scope=y')).toBe('client_id=me&client_secret=[redacted]&scope=y')
  })

  it.each(['password', 'clientSecret', 'secretText', 'Authorization', 'access_token', 'tokenValue', 'x-functions-key'])(
    'has no value under the name %s',
    (name) => {
      expect(redact({ [name]: 'canary' })).toEqual({ [name]: '[redacted]' })
    },
  )

  it('keeps names and ids of secrets', () => {
    const named = { secretName: 'client-secret', tokenId: 'abc', keyId: 'def', code: undefined }
    expect(redact(named)).toEqual(named)
  })

  it('has no Secret, wherever it stands', () => {
    expect(redact({ secret: [new Secret('canary')] })).toEqual({ secret: ['[redacted]'] })
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
