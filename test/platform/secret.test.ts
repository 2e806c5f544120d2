/* oxlint-disable typescript/restrict-template-expressions, typescript/no-misused-spread -- careless use of a secret is what is tested */
import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/platform/secret.ts'

const VALUE = 'canary-value'
const secret = new Secret(VALUE)

describe('a secret', () => {
  it('gives its value to whoever asks in so many words', () => {
    expect(secret.reveal()).toBe(VALUE)
  })

  it('says that it was there', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual([
      '[redacted]',
      '"[redacted]"',
      '[redacted]',
    ])
  })

  it.each([
    ['a template', () => `${secret}`],
    ['joining', () => ['a', secret].join()],
    ['adding to text', () => 'a'.concat(String(secret))],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect({ secret }, { depth: null, showHidden: true })],
    ['format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['a spread', () => JSON.stringify({ ...secret })],
    ['its keys', () => JSON.stringify([Object.getOwnPropertyNames(secret), Object.entries(secret)])],
    ['a clone', () => inspect(structuredClone({ ...secret }))],
    ['an error message', () => inspect(new Error(`with ${secret}`))],
  ])('does not show it through %s', (_way, print) => {
    expect(print()).not.toContain(VALUE)
  })
})
