import { expect, test } from 'vitest'
import { createTokenAuthority } from '../../../../local/cloud/entra/token-authority.ts'
import { createPretendWorld, STEWARD } from '../pretend-world.ts'

const VAULTS = 'https://vault.azure.net'
const world = createPretendWorld()
const authority = createTokenAuthority(world)

function issue(audience = VAULTS, from = authority): string {
  return from.issue({ appId: STEWARD.clientId, oid: STEWARD.objectId, audience, lifetimeSeconds: 3600 }).token
}

function forge(token: string, change: object): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change }
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
}

const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')

test.each([
  ['a good token', () => `Bearer ${issue()}`, 'valid'],
  ['the scheme in another case', () => `bearer ${issue()}`, 'valid'],
  ['an audience with a trailing slash', () => `Bearer ${issue(`${VAULTS}/`)}`, 'valid'],
  ['nothing', () => undefined, 'missing'],
  ['another scheme', () => `Basic ${issue()}`, 'malformed'],
  ['no JWT', () => 'Bearer dapi1234', 'malformed'],
  ['changed claims', () => `Bearer ${forge(issue(), { oid: 'somebody' })}`, 'bad-signature'],
  ['no signature', () => `Bearer ${issue().replace(/\.[^.]*$/, '.')}`, 'bad-signature'],
  ['an unsigned header', () => `Bearer ${issue().replace(/^[^.]*/, unsigned)}`, 'bad-signature'],
  ['the key of another tenant', () => `Bearer ${issue(VAULTS, createTokenAuthority(world))}`, 'bad-signature'],
  ['another audience', () => `Bearer ${issue('https://graph.microsoft.com')}`, 'wrong-audience'],
])('%s is judged', (_, makeHeader, kind) => {
  expect(authority.verify(makeHeader(), [VAULTS]).kind).toBe(kind)
})

test('a token dies when the pretend clock passes its end', () => {
  const header = `Bearer ${issue()}`
  world.clock.advance(3_599_000)
  expect(authority.verify(header, [VAULTS]).kind).toBe('valid')
  world.clock.advance(1000)
  expect(authority.verify(header, [VAULTS]).kind).toBe('expired')
})
