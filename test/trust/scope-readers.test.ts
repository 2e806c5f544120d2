import { describe, expect, it } from 'vitest'
import { findForeignAcls } from '../../src/trust/scope-readers.ts'

describe('who has rights on a scope of our name', () => {
  it('is nobody but Steward, the principal and admins, in whatever case', () => {
    const acls = ['Steward-Client', 'APP-1', 'admins', 'mallory'].map((principal) => ({
      principal,
      permission: 'MANAGE' as const,
    }))
    expect(findForeignAcls(acls, ['steward-client', 'app-1'])).toEqual([{ principal: 'mallory', permission: 'MANAGE' }])
  })
})
