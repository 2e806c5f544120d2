import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DirectGrant, Grant } from '../../src/clients/databricks/client.ts'
import { canRead, decideJobPermissions, findEditors } from '../../src/onboarding/decide-job-permissions.ts'

const PRINCIPAL = 'app-1'
const STEWARD = 'steward-client'
const wish = { applicationId: PRINCIPAL, managers: ['etl-leads'] }

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

  it('keep every direct grant of others but ownership', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 8 }), (current) => {
        const kept = decideJobPermissions(current, wish).grants
        const others = current.filter(
          ({ isInherited, level, principal }) =>
            !isInherited &&
            level !== 'IS_OWNER' &&
            principal.name !== PRINCIPAL &&
            principal.name.toLowerCase() !== 'etl-leads',
        )
        for (const { principal, level } of others) expect(kept).toContainEqual({ principal, level })
      }),
    )
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
