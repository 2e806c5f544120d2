import { expect, test } from 'vitest'
import { applySignIn } from '../../../../local/host/http/sign-in.ts'

test('principal headers from outside never reach the app', () => {
  const headers = { 'x-ms-client-principal': 'forged', 'x-ms-client-principal-id': 'forged', accept: '*/*' }
  expect(applySignIn(headers)).toEqual({ accept: '*/*' })
})

test('a caller that signs in gets a principal with its roles, and its sign-in header is taken away', () => {
  const headers = applySignIn({ 'x-local-sign-in': 'alice Steward.Operator,Steward.Reader' })
  const principal = JSON.parse(Buffer.from(headers['x-ms-client-principal'] ?? '', 'base64').toString())
  expect(principal).toMatchObject({ auth_typ: 'aad', name_typ: 'name', role_typ: 'roles' })
  expect(principal.claims).toContainEqual({ typ: 'name', val: 'alice' })
  expect(principal.claims.filter(({ typ }: { typ: string }) => typ === 'roles')).toEqual([
    { typ: 'roles', val: 'Steward.Operator' },
    { typ: 'roles', val: 'Steward.Reader' },
  ])
  expect(headers).toMatchObject({ 'x-ms-client-principal-name': 'alice', 'x-ms-client-principal-idp': 'aad' })
  expect(headers['x-ms-client-principal-id']).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(headers).not.toHaveProperty('x-local-sign-in')
})

test('the same name has the same object id in every call', () => {
  const idOf = (signIn: string) => applySignIn({ 'x-local-sign-in': signIn })['x-ms-client-principal-id']
  expect(idOf('alice A')).toBe(idOf('alice B'))
  expect(idOf('alice')).not.toBe(idOf('bob'))
})
