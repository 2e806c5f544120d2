import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideWorkspacePrincipal } from '../../src/onboarding/decide-workspace-principal.ts'
import { principalExternalId } from '../../src/trust/marks.ts'

const owner = { instance: 'prod', name: 'etl' }
const principal = {
  principalId: '9007199254740993',
  applicationId: 'app-1',
  displayName: 'etl',
  externalId: principalExternalId(owner),
  entitlements: ['workspace-access'],
  groups: [{ groupId: 'g1', displayName: 'etl' }],
  isActive: true,
}
const wish = { entitlements: ['workspace-access'], groupIds: ['g1'], adoptPrincipalId: undefined }

describe('what becomes of the principal in the workspace', () => {
  it('is made when nobody answers to its identity', () => {
    expect(decideWorkspacePrincipal(owner, [], wish)).toEqual({ kind: 'create', reason: 'missing' })
  })

  it('is kept when it is ours and as wished', () => {
    expect(decideWorkspacePrincipal(owner, [principal], wish)).toMatchObject({
      kind: 'keep',
      needsMark: false,
      missingEntitlements: [],
      missingGroupIds: [],
    })
  })

  it('is refused when somebody else made it', () => {
    const foreign = { ...principal, externalId: null }
    expect(decideWorkspacePrincipal(owner, [foreign], wish)).toMatchObject({ kind: 'refuse', reason: 'not-ours' })
  })

  it('is refused by name when it is of another onboarding of this instance', () => {
    const anothers = { ...principal, externalId: 'steward/prod/other' }
    expect(decideWorkspacePrincipal(owner, [anothers], wish)).toMatchObject({
      kind: 'refuse',
      reason: 'belongs-to-another',
    })
  })

  it('is taken over only by its very id, and marked when nobody else has marked it', () => {
    const adopt = (externalId: string | null, adoptPrincipalId: string) =>
      decideWorkspacePrincipal(owner, [{ ...principal, externalId }], { ...wish, adoptPrincipalId })
    expect(adopt(null, principal.principalId)).toMatchObject({ kind: 'keep', needsMark: true })
    expect(adopt('of-the-directory', principal.principalId)).toMatchObject({ kind: 'keep', needsMark: false })
    expect(adopt(null, '1')).toMatchObject({ kind: 'refuse', reason: 'not-ours' })
  })

  it.each(['steward/prod/other', 'steward/test/etl'])(
    'is never taken over from another onboarding: %s',
    (externalId) => {
      const others = { ...principal, externalId }
      const adopting = { ...wish, adoptPrincipalId: principal.principalId }
      expect(decideWorkspacePrincipal(owner, [others], adopting)).toMatchObject({
        kind: 'refuse',
        reason: 'belongs-to-another',
      })
    },
  )

  it('is refused when somebody deactivated it', () => {
    const inactive = { ...principal, isActive: false }
    expect(decideWorkspacePrincipal(owner, [inactive], wish)).toMatchObject({ kind: 'refuse', reason: 'switched-off' })
  })

  it('is not made when the one to be adopted is missing', () => {
    expect(decideWorkspacePrincipal(owner, [], { ...wish, adoptPrincipalId: '1' })).toEqual({
      kind: 'refuse',
      reason: 'adopted-is-missing',
    })
  })

  it('gains exactly what it lacks, and loses nothing', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
    fc.assert(
      fc.property(names, names, names, names, (has, wants, inGroups, wantsGroups) => {
        const groups = inGroups.map((groupId) => ({ groupId, displayName: null }))
        const decision = decideWorkspacePrincipal(owner, [{ ...principal, entitlements: has, groups }], {
          entitlements: wants,
          groupIds: wantsGroups,
          adoptPrincipalId: undefined,
        })
        expect(decision).toMatchObject({
          kind: 'keep',
          missingEntitlements: wants.filter((name) => !has.includes(name)),
          missingGroupIds: wantsGroups.filter((name) => !inGroups.includes(name)),
        })
      }),
    )
  })
})
