import { describe, expect, it } from 'vitest'
import { decideApplication } from '../../src/onboarding/decide-application.ts'

const owner = { instance: 'prod', name: 'etl' }
const ours = { application: { uniqueName: 'steward-prod-etl' }, ownerIds: ['us'], ownObjectId: 'us', isAdopted: false }

describe('whether an application may be used', () => {
  it.each([
    ['ours, and owned by us alone', ours, { kind: 'use' }],
    [
      'with our unique name, but owned by somebody else',
      { ...ours, ownerIds: ['them'] },
      { kind: 'refuse', reason: 'not-ours' },
    ],
    [
      'with our unique name, but owned by somebody else too',
      { ...ours, ownerIds: ['us', 'them'] },
      { kind: 'refuse', reason: 'not-ours' },
    ],
    ['with our unique name, and owned by nobody', { ...ours, ownerIds: [] }, { kind: 'refuse', reason: 'not-ours' }],
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
