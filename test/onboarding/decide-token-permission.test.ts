import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/clients/databricks/client.ts'
import { decideTokenPermission, findLostGrants } from '../../src/onboarding/decide-token-permission.ts'

const grant = (kind: Grant['principal']['kind'], name: string, level = 'CAN_USE'): Grant => ({
  principal: { kind, name },
  level,
  isInherited: false,
})

describe('the permission to make tokens', () => {
  it.each<[string, readonly Grant[] | null, string]>([
    ['is brought into being where no token was ever made', null, 'bootstrap'],
    ['is given where nobody has it', [], 'grant'],
    ['is there by its own grant, in whatever case', [grant('service-principal', 'CLIENT')], 'keep'],
    ['is there as a part of managing', [grant('service-principal', 'client', 'CAN_MANAGE')], 'keep'],
    ['is there through everybody', [grant('group', 'Users')], 'keep'],
    ['is there through a group that it is put in', [grant('group', 'etl')], 'keep'],
    ['is not there through another group', [grant('group', 'admins')], 'grant'],
    ['is not there through a user of that name', [grant('user', 'client')], 'grant'],
    ['is not there with a lower level', [grant('service-principal', 'client', 'CAN_READ')], 'grant'],
  ])('%s', (_what, grants, expected) => {
    expect(decideTokenPermission(grants, 'client', ['etl']).kind).toBe(expected)
  })

  it('is nobody’s that is not known yet', () => {
    expect(decideTokenPermission([grant('service-principal', 'client')], null, []).kind).toBe('grant')
  })
})

describe('grants that were lost', () => {
  const anyGrants = fc.array(
    fc
      .tuple(
        fc.constantFrom('user' as const, 'group' as const, 'service-principal' as const),
        fc.constantFrom('a', 'A', 'b', 'c'),
        fc.constantFrom('CAN_USE', 'CAN_MANAGE'),
      )
      .map(([kind, name, level]) => grant(kind, name, level)),
  )

  it('are none when something was only added, in whatever order and case', () => {
    fc.assert(
      fc.property(anyGrants, anyGrants, (before, added) => {
        const after = [...added, ...before].map((one) => ({
          ...one,
          principal: { ...one.principal, name: one.principal.name.toUpperCase() },
        }))
        expect(findLostGrants(before, after)).toEqual([])
      }),
    )
  })

  it('are told once each, with whom and what', () => {
    const before = [grant('group', 'users'), grant('group', 'Users'), grant('user', 'a@b', 'CAN_MANAGE')]
    expect(findLostGrants(before, [grant('user', 'a@b')])).toEqual(['CAN_USE of group users', 'CAN_MANAGE of user a@b'])
  })
})
