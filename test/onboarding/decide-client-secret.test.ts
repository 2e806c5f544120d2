import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideClientSecret, findOrphans } from '../../src/onboarding/decide-client-secret.ts'
import { writeClientSecretTags } from '../../src/trust/marks.ts'

const owner = { instance: 'prod', name: 'etl' }
const now = new Date('2026-06-01T00:00:00Z')
const later = new Date('2026-12-01T00:00:00Z')
const before = new Date('2026-05-01T00:00:00Z')

const tags = writeClientSecretTags({ owner, clientId: 'app-1', keyId: 'key-1' })
const version = { version: 'v1', isEnabled: true, expiresAt: later, createdAt: before, tags }
const credential = { keyId: 'key-1', displayName: null, startsAt: before, endsAt: later }
const application = { clientId: 'app-1', passwordCredentials: [credential] }

describe('what becomes of the client secret in the vault', () => {
  it.each([
    ['nothing there: a new one', null, application, { kind: 'create', reason: 'missing' }],
    ['live and ours: kept', version, application, { kind: 'keep', reason: 'healthy', keyId: 'key-1' }],
    ['without our tags: refused', { ...version, tags: {} }, application, { kind: 'refuse', reason: 'not-ours' }],
    [
      'of another deployment: refused',
      { ...version, tags: { ...tags, 'steward-instance': 'test' } },
      application,
      { kind: 'refuse', reason: 'not-ours' },
    ],
    [
      'of another onboarding: refused, naming it',
      { ...version, tags: { ...tags, 'steward-name': 'other' } },
      application,
      { kind: 'refuse', reason: 'belongs-to-another', belongsTo: 'other' },
    ],
    [
      'gone from the application: a new one',
      version,
      { ...application, passwordCredentials: [] },
      { kind: 'create', reason: 'revoked-elsewhere' },
    ],
    [
      'expired in the vault: a new one',
      { ...version, expiresAt: before },
      application,
      { kind: 'create', reason: 'expired' },
    ],
    [
      'expired on the application: a new one',
      version,
      { ...application, passwordCredentials: [{ ...credential, endsAt: before }] },
      { kind: 'create', reason: 'expired' },
    ],
    [
      'switched off by somebody: refused',
      { ...version, isEnabled: false },
      application,
      { kind: 'refuse', reason: 'switched-off' },
    ],
  ] as const)('%s', (_name, current, app, decision) => {
    const state = { current, application: app, isMarkedApplicationThere: false }
    expect(decideClientSecret(owner, state, now)).toEqual(decision)
  })

  it.each([
    ['no application is found', null],
    ['another application is found', { ...application, clientId: 'app-2' }],
  ])('is kept from being written over while the application that it is of is still there: %s', (_name, app) => {
    const decide = (isMarkedApplicationThere: boolean) =>
      decideClientSecret(owner, { current: version, application: app, isMarkedApplicationThere }, now)
    expect(decide(true)).toEqual({ kind: 'refuse', reason: 'of-another-application', clientId: 'app-1' })
    expect(decide(false)).toEqual({ kind: 'create', reason: 'application-gone' })
  })

  it('never writes over a secret whose tags are not a complete mark of this instance', () => {
    const anyTags = fc.dictionary(
      fc.constantFrom(...Object.keys(tags), 'other'),
      fc.constantFrom('1', 'client-secret', 'prod', 'etl', 'key-1', 'app-1', ''),
    )
    fc.assert(
      fc.property(anyTags, (foreign) => {
        const isComplete = Object.keys(tags).every((name) => foreign[name])
        const current = { ...version, tags: foreign }
        const decision = decideClientSecret(owner, { current, application, isMarkedApplicationThere: false }, now)
        if (!isComplete) expect(decision).toEqual({ kind: 'refuse', reason: 'not-ours' })
      }),
    )
  })
})

describe('which client secrets are orphans', () => {
  it('are exactly those that no version names', () => {
    const keyIds = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 8 })
    fc.assert(
      fc.property(keyIds, fc.infiniteStream(fc.boolean()), (keys, isStored) => {
        const stored = keys.filter(() => isStored.next().value)
        const versions = stored.map((keyId) => ({
          ...version,
          tags: writeClientSecretTags({ owner, clientId: 'app-1', keyId }),
        }))
        const credentials = keys.map((keyId) => ({ ...credential, keyId }))
        const orphans = findOrphans(credentials, 'prod', versions).map(({ keyId }) => keyId)
        expect(orphans).toEqual(keys.filter((keyId) => !stored.includes(keyId)))
      }),
    )
  })
})
