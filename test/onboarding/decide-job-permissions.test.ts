import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DirectGrant, Grant } from '../../src/clients/databricks/client.ts'
import {
  canRead,
  decideJobPermissions,
  findEditors,
  findForeignManagers,
  findOwner,
  isTrustedOwner,
} from '../../src/onboarding/decide-job-permissions.ts'

const PRINCIPAL = 'app-1'
const STEWARD = 'steward-client'
const wish = { applicationId: PRINCIPAL, managers: ['etl-leads'], ownClientId: STEWARD }

const kinds = ['user', 'group', 'service-principal'] as const
const grant = fc.record({
  principal: fc.record({
    kind: fc.constantFrom(...kinds),
    name: fc.constantFrom('ada', 'etl-leads', 'ETL-Leads', PRINCIPAL, STEWARD, 'admins', 'guests'),
  }),
  level: fc.constantFrom('CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'),
  isInherited: fc.boolean(),
})
const keyOf = ({ principal }: DirectGrant): string => `${principal.kind} ${principal.name.toLowerCase()}`
const asStored = (grants: readonly DirectGrant[]): Grant[] => grants.map((each) => ({ ...each, isInherited: false }))

describe('the permissions of a job', () => {
  it('have exactly one owner, the principal, whatever was there', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), (current) => {
        const owners = decideJobPermissions(current, wish).grants.filter(({ level }) => level === 'IS_OWNER')
        expect(owners).toEqual([{ principal: { kind: 'service-principal', name: PRINCIPAL }, level: 'IS_OWNER' }])
      }),
    )
  })

  it('keep every direct grant of others that lets them see or run it', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), (current) => {
        const kept = decideJobPermissions(current, wish).grants
        const others = current.filter(
          ({ isInherited, level, principal }) =>
            !isInherited &&
            ['CAN_VIEW', 'CAN_MANAGE_RUN'].includes(level) &&
            principal.name !== PRINCIPAL &&
            principal.name.toLowerCase() !== 'etl-leads',
        )
        for (const { principal, level } of others) expect(kept).toContainEqual({ principal, level })
      }),
    )
  })

  it('let nobody manage the job but admins, Steward, the principal and the managers', () => {
    const expected = [
      'group admins',
      'group etl-leads',
      `service-principal ${PRINCIPAL}`,
      `service-principal ${STEWARD}`,
    ]
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), (current) => {
        const { grants } = decideJobPermissions(current, wish)
        for (const each of grants.filter(({ level }) => !['CAN_VIEW', 'CAN_MANAGE_RUN'].includes(level)))
          expect(expected).toContain(keyOf(each))
        expect(findForeignManagers(asStored(grants), wish)).toEqual([])
      }),
    )
  })

  it('show who else may manage the job', () => {
    const on = (kind: (typeof kinds)[number], name: string, level = 'CAN_MANAGE', isInherited = false) => ({
      principal: { kind, name },
      level,
      isInherited,
    })
    const current = [
      on('service-principal', PRINCIPAL, 'IS_OWNER'),
      on('group', 'admins'),
      on('group', 'ETL-Leads'),
      on('service-principal', STEWARD),
      on('user', 'bob', 'CAN_MANAGE_RUN'),
      on('group', 'others', 'CAN_MANAGE', true),
      on('user', 'etl-leads'),
      on('user', 'ada', 'CAN_SOMETHING_NEW'),
    ]
    expect(findForeignManagers(current, wish)).toEqual(['user etl-leads', 'user ada'])
  })

  it('tell whether the job is in the hands of Steward, the principal or nobody', () => {
    const trusts = (name: string, kind: (typeof kinds)[number] = 'service-principal') =>
      isTrustedOwner(findOwner([{ principal: { kind, name }, level: 'IS_OWNER', isInherited: false }]), wish)
    expect([trusts(STEWARD.toUpperCase()), trusts(PRINCIPAL), isTrustedOwner(findOwner([]), wish)]).toEqual([
      true,
      true,
      true,
    ])
    expect([trusts('app-2'), trusts(PRINCIPAL, 'user')]).toEqual([false, false])
  })

  it('grant nothing to anybody who had nothing, but to the principal and the managers', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), (current) => {
        const known = new Set([...current.map(keyOf), `service-principal ${PRINCIPAL}`, 'group etl-leads'])
        for (const each of decideJobPermissions(current, wish).grants) expect(known).toContain(keyOf(each))
      }),
    )
  })

  it('are as wished once they were set: nothing is written a second time', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), (current) => {
        const { grants } = decideJobPermissions(current, wish)
        const inherited = current.filter(({ isInherited }) => isInherited)
        expect(decideJobPermissions([...asStored(grants), ...inherited], wish).reasons).toEqual([])
      }),
    )
  })

  it('say what is missing', () => {
    const fresh: Grant[] = [
      { principal: { kind: 'service-principal', name: STEWARD }, level: 'IS_OWNER', isInherited: false },
      { principal: { kind: 'group', name: 'admins' }, level: 'CAN_MANAGE', isInherited: true },
    ]
    expect(decideJobPermissions(fresh, wish).reasons).toEqual(['owner missing', 'manager missing: etl-leads'])
  })
})

describe('the permissions of a notebook', () => {
  const on = (
    name: string,
    level: string,
    isInherited = false,
    kind: (typeof kinds)[number] = 'service-principal',
  ) => ({
    principal: { kind, name },
    level,
    isInherited,
  })

  it('let the principal read when it was given that itself', () => {
    expect(canRead([on(PRINCIPAL.toUpperCase(), 'CAN_READ')], PRINCIPAL)).toBe(true)
    expect(canRead([on(PRINCIPAL, 'CAN_READ', true)], PRINCIPAL)).toBe(false)
    expect(canRead([on('app-2', 'CAN_READ')], PRINCIPAL)).toBe(false)
  })

  it('show who could change what the job runs, besides admins and Steward', () => {
    const current = [
      on(STEWARD, 'CAN_MANAGE'),
      on('admins', 'CAN_MANAGE', true, 'group'),
      on('users', 'CAN_EDIT', true, 'group'),
      on('ada@example.com', 'CAN_MANAGE', false, 'user'),
      on('bob@example.com', 'CAN_RUN', false, 'user'),
    ]
    expect(findEditors(current, STEWARD)).toEqual(['group users', 'user ada@example.com'])
  })
})
