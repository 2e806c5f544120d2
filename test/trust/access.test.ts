import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { identifyCaller, ROLES, requireRole } from '../../src/trust/access.ts'

function header(claims: readonly { typ: string; val: string }[]): string {
  return Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64')
}

describe('who calls', () => {
  it('is nobody in particular with a function key, and may do everything', () => {
    const caller = identifyCaller('keys', false, null)
    expect(ROLES.every((role) => caller.has(role))).toBe(true)
  })

  it('is not believed while the platform does not say that authentication is on', () => {
    const forged = header([
      { typ: 'oid', val: 'x' },
      { typ: 'roles', val: 'Steward.Admin' },
    ])
    expect(() => identifyCaller('entra', false, forged)).toThrow(/WEBSITE_AUTH_ENABLED/)
  })

  it.each([null, '', 'not base64', header([]), Buffer.from('{"claims":{}}').toString('base64')])(
    'is nobody without a principal: %s',
    (value) => {
      expect(() => identifyCaller('entra', true, value)).toThrow(/Sign in/)
    },
  )

  it('has every role up to the strongest one assigned, and none above', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ROLES),
        fc.constantFrom('oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'),
        (role, typ) => {
          const caller = identifyCaller(
            'entra',
            true,
            header([
              { typ, val: 'alice' },
              { typ: 'roles', val: role },
            ]),
          )
          expect(caller.name).toBe('alice')
          expect(ROLES.map((wanted) => caller.has(wanted))).toEqual(
            ROLES.map((_, index) => index <= ROLES.indexOf(role)),
          )
        },
      ),
    )
  })

  it('is told which role is missing', () => {
    const caller = identifyCaller('entra', true, header([{ typ: 'oid', val: 'bob' }]))
    expect(() => requireRole(caller, 'Steward.Operator', 'This call')).toThrow(/Steward\.Operator.*bob/)
  })
})
