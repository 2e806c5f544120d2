import { describe, expect, it } from 'vitest'
import { parseCondition } from '../../../../local/cloud/arm/conditions.ts'
import { limitGrants } from '../../../../local/cloud/arm/seeds.ts'

const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
const WRITE = 'Microsoft.Authorization/roleAssignments/write'
const DELETE = 'Microsoft.Authorization/roleAssignments/delete'
const READ = 'Microsoft.Authorization/roleAssignments/read'

const attributesOf = (roleDefinitionId: string, principalType: string | null = 'ServicePrincipal') => ({
  roleDefinitionId,
  principalType,
  principalId: '7a0c0e5e-1d5b-4b3c-9f53-5a4e6c1b0009',
})

describe('the condition of delegated role management', () => {
  const isMet = parseCondition(limitGrants([READER]))

  it.each([
    ['a listed role', { action: WRITE, request: attributesOf(READER.toUpperCase(), 'serviceprincipal') }, true],
    ['another role', { action: WRITE, request: attributesOf(OWNER) }, false],
    ['a person', { action: WRITE, request: attributesOf(READER, 'User') }, false],
    ['a principal of no said type', { action: WRITE, request: attributesOf(READER, null) }, false],
    ['taking a listed role', { action: DELETE, resource: attributesOf(READER) }, true],
    ['taking another role', { action: DELETE, resource: attributesOf(OWNER) }, false],
    ['looking', { action: READ }, true],
  ])('%s', (_, context, expected) => {
    expect(isMet(context)).toBe(expected)
  })
})

describe('conditions', () => {
  const request = attributesOf(READER)
  const role = '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]'
  const type = '@Request[Microsoft.Authorization/roleAssignments:PrincipalType]'

  it.each([
    [`${role} ForAnyOfAllValues:GuidNotEquals {${OWNER}}`, true],
    [`${role} ForAnyOfAllValues:GuidNotEquals {${OWNER}, ${READER}}`, false],
    [`${role} GuidEquals {${OWNER}} || ${type} StringEquals {'ServicePrincipal'}`, true],
    [`${role} GuidEquals {${READER}} && ${type} StringEquals {'serviceprincipal'}`, false],
    [`NOT (${role} GuidEquals {${READER}})`, false],
    // "And" binds tighter than "or".
    [`${role} GuidEquals {${READER}} OR ${role} GuidEquals {${OWNER}} AND ${type} StringEquals {'User'}`, true],
  ])('%s', (text, expected) => {
    expect(parseCondition(text)({ action: WRITE, request })).toBe(expected)
  })

  it.each([
    '',
    '(',
    `${role} GuidEquals {${READER}`,
    `${role} GuidEquals {${READER}} ${type}`,
    `${role} GuidLike {${READER}}`,
    "@Environment[isPrivateLink] BoolEquals {'true'}",
    "ActionMatches{'x'} %",
  ])('cannot be read: %s', (text) => {
    expect(() => parseCondition(text)).toThrow()
  })
})
