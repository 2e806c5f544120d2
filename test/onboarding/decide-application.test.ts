import { describe, expect, it } from 'vitest'
import { decideApplication, findForeignCredentials } from '../../src/onboarding/decide-application.ts'

const owner = { instance: 'prod', name: 'etl' }
const ours = {
  application: { uniqueName: 'steward-prod-etl' },
  ownerIds: ['us'],
  foreignCredentials: [] as readonly string[],
  ownObjectId: 'us',
  isAdopted: false,
}

describe('whether an application may be used', () => {
  it.each([
    ['ours, and owned by us alone', ours, { kind: 'use' }],
    [
      'with our unique name, but owned by somebody else',
      { ...ours, ownerIds: ['them'] },
      { kind: 'refuse', reason: 'owned-by-others' },
    ],
    [
      'with our unique name, but owned by somebody else too',
      { ...ours, ownerIds: ['us', 'them'] },
      { kind: 'refuse', reason: 'owned-by-others' },
    ],
    [
      'with our unique name, and owned by nobody',
      { ...ours, ownerIds: [] },
      { kind: 'refuse', reason: 'owned-by-others' },
    ],
    [
      'ours by name and owner, but with a credential of somebody else',
      { ...ours, foreignCredentials: ['client secret mine (k)'] },
      { kind: 'refuse', reason: 'foreign-credentials', credentials: ['client secret mine (k)'] },
    ],
    [
      'adopted, with credentials of its own',
      { ...ours, foreignCredentials: ['client secret mine (k)'], isAdopted: true },
      { kind: 'use' },
    ],
    ['adopted, without unique name', { ...ours, application: { uniqueName: null }, isAdopted: true }, { kind: 'use' }],
    [
      'adopted, with the unique name of somebody else',
      { ...ours, application: { uniqueName: 'theirs' }, isAdopted: true },
      { kind: 'use' },
    ],
    ['adopted, and ours already', { ...ours, ownerIds: ['us', 'them'], isAdopted: true }, { kind: 'use' }],
    [
      'adopted, of another onboarding',
      { ...ours, application: { uniqueName: 'steward-prod-other' }, isAdopted: true },
      { kind: 'refuse', reason: 'belongs-to-another' },
    ],
    [
      'adopted, of another deployment',
      { ...ours, application: { uniqueName: 'steward-test-etl' }, isAdopted: true },
      { kind: 'refuse', reason: 'belongs-to-another' },
    ],
  ] as const)('%s', (_name, state, decision) => {
    expect(decideApplication(owner, state)).toEqual(decision)
  })
})

describe('which credentials are foreign', () => {
  const password = (displayName: string | null) => ({
    keyId: 'k',
    displayName,
    startsAt: new Date(0),
    endsAt: new Date(0),
  })
  const find = (...names: (string | null)[]) =>
    findForeignCredentials('prod', { passwordCredentials: names.map(password), keyCredentials: [] }, [])

  it('are not those with the mark of this deployment, for whatever vault secret', () => {
    expect(find('steward/prod/kv.vault.azure.net/a', 'steward/prod/other.vault.azure.net/b')).toEqual([])
  })

  it.each(['mine', '', null, 'steward/test/kv.vault.azure.net/a', 'steward/production/kv/a'])(
    'are client secrets with another name: %s',
    (name) => {
      expect(find('steward/prod/kv.vault.azure.net/a', name)).toEqual([`client secret ${name ?? '(no name)'} (k)`])
    },
  )

  it('are all certificates and federated credentials', () => {
    const keyCredentials = [{ keyId: 'k', displayName: 'CN=mine' }]
    expect(findForeignCredentials('prod', { passwordCredentials: [], keyCredentials }, ['steward-ci'])).toEqual([
      'certificate CN=mine (k)',
      'federated credential steward-ci',
    ])
  })
})
